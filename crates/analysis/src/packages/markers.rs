//! Environment markers of Python's requirements (PEP 508; "Dependency specifiers", packaging.python.org).

use std::cmp::Ordering;
use std::collections::BTreeSet;

use plimsoll_snapshot::Platform;

/// What markers ask about.
#[derive(Clone, Debug)]
pub(super) struct Environment {
    python: String,
    os: String,
    machine: String,
}

impl Environment {
    /// The version is `3.11`; where it is not known, a recent one is assumed.
    pub(super) fn new(python: Option<&str>, platform: &Platform) -> Self {
        let machine = match platform.architecture.as_str() {
            "amd64" => "x86_64",
            "arm64" => "aarch64",
            "386" => "i686",
            other => other,
        };
        Self {
            python: python.unwrap_or("3.12").to_owned(),
            os: platform.os.clone(),
            machine: machine.to_owned(),
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        let windows = self.os == "windows";
        Some(match name {
            "python_version" | "python_full_version" | "implementation_version" => &self.python,
            "os_name" | "os.name" => {
                if windows {
                    "nt"
                } else {
                    "posix"
                }
            }
            "sys_platform" | "sys.platform" => {
                if windows {
                    "win32"
                } else {
                    "linux"
                }
            }
            "platform_system" => {
                if windows {
                    "Windows"
                } else {
                    "Linux"
                }
            }
            "platform_machine" | "platform.machine" => &self.machine,
            "platform_python_implementation" | "platform.python_implementation" => "CPython",
            "python_implementation" => "CPython",
            "implementation_name" => "cpython",
            "platform_release" | "platform_version" | "platform.version" => "",
            _ => return None,
        })
    }
}

/// Whether a marker holds. What cannot be read holds: a need too many is seen, one too few makes a package look useless.
pub(super) fn holds(marker: &str, environment: &Environment, extras: &BTreeSet<&str>) -> bool {
    let mut parser = Parser { tokens: tokens(marker), at: 0, environment, extras };
    let value = parser.any(0);
    match (value, parser.at == parser.tokens.len()) {
        (Some(value), true) => value,
        _ => true,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'m> {
    Open,
    Close,
    Word(&'m str),
    Text(&'m str),
    Operator(&'m str),
}

fn tokens(marker: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = marker.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '(' => {
                tokens.push(Token::Open);
                1
            }
            ')' => {
                tokens.push(Token::Close);
                1
            }
            '"' | '\'' => {
                let end = rest[1..].find(first).unwrap_or(rest.len() - 1);
                tokens.push(Token::Text(&rest[1..=end]));
                (end + 2).min(rest.len())
            }
            '<' | '>' | '=' | '!' | '~' => {
                let end = rest.find(|c| !"<>=!~".contains(c)).unwrap_or(rest.len());
                tokens.push(Token::Operator(&rest[..end]));
                end
            }
            _ => {
                let is_end = |c: char| c.is_whitespace() || "()<>=!~\"'".contains(c);
                let end = rest.find(is_end).unwrap_or(rest.len());
                tokens.push(Token::Word(&rest[..end]));
                end
            }
        };
        rest = rest[length..].trim_start();
    }
    tokens
}

/// Parentheses deeper than this are no marker that anyone wrote.
const MAX_DEPTH: u32 = 32;

struct Parser<'m> {
    tokens: Vec<Token<'m>>,
    at: usize,
    environment: &'m Environment,
    extras: &'m BTreeSet<&'m str>,
}

impl<'m> Parser<'m> {
    fn next(&mut self) -> Option<Token<'m>> {
        let token = self.tokens.get(self.at).copied()?;
        self.at += 1;
        Some(token)
    }

    fn eat(&mut self, token: Token<'_>) -> bool {
        let is_next = self.tokens.get(self.at) == Some(&token);
        self.at += usize::from(is_next);
        is_next
    }

    fn any(&mut self, depth: u32) -> Option<bool> {
        let mut value = self.all(depth)?;
        while self.eat(Token::Word("or")) {
            value |= self.all(depth)?;
        }
        Some(value)
    }

    fn all(&mut self, depth: u32) -> Option<bool> {
        let mut value = self.one(depth)?;
        while self.eat(Token::Word("and")) {
            value &= self.one(depth)?;
        }
        Some(value)
    }

    fn one(&mut self, depth: u32) -> Option<bool> {
        if self.eat(Token::Open) {
            let value = (depth < MAX_DEPTH).then(|| self.any(depth + 1)).flatten()?;
            return self.eat(Token::Close).then_some(value);
        }
        let left = self.next()?;
        let operator = match self.next()? {
            Token::Operator(operator) => operator,
            Token::Word("in") => "in",
            Token::Word("not") if self.eat(Token::Word("in")) => "not in",
            _ => return None,
        };
        let right = self.next()?;
        self.compare(left, operator, right)
    }

    fn compare(&self, left: Token<'m>, operator: &str, right: Token<'m>) -> Option<bool> {
        let (name, text) = match (left, right) {
            (Token::Word(name), Token::Text(text)) | (Token::Text(text), Token::Word(name)) => (name, text),
            _ => return None,
        };
        if name == "extra" {
            let wanted = normalised(text);
            let is_active = self.extras.iter().any(|extra| normalised(extra) == wanted);
            return Some(if operator == "!=" { !is_active } else { is_active });
        }
        let value = self.environment.value(name)?;
        let name_comes_first = matches!(left, Token::Word(_));
        let (left, right) = if name_comes_first { (value, text) } else { (text, value) };
        let is_version = name.ends_with("version") && !name.starts_with("platform");
        if !is_version {
            return match operator {
                "==" | "===" => Some(left == right),
                "!=" => Some(left != right),
                "in" => Some(right.contains(left)),
                "not in" => Some(!right.contains(left)),
                _ => None,
            };
        }
        match operator {
            "in" => return Some(right.split([',', ' ']).any(|version| version == left)),
            "not in" => return Some(!right.split([',', ' ']).any(|version| version == left)),
            _ => {}
        }
        let prefix = right.strip_suffix(".*");
        let (left, right) = (release(left), release(prefix.unwrap_or(right)));
        let order = compare_releases(&left, &right);
        Some(match operator {
            "==" | "===" if prefix.is_some() => left.starts_with(&right),
            "!=" if prefix.is_some() => !left.starts_with(&right),
            // Only `major.minor` is known of the interpreter: a longer version is met by its beginning.
            "==" | "===" => order.is_eq() || name == "python_full_version" && right.starts_with(&left),
            "!=" => order.is_ne(),
            "<" => order.is_lt(),
            "<=" => order.is_le(),
            ">" => order.is_gt(),
            ">=" => order.is_ge() || name == "python_full_version" && right.starts_with(&left),
            "~=" => order.is_ge() && left.starts_with(&right[..right.len().saturating_sub(1)]),
            _ => return None,
        })
    }
}

/// The numbers of a version; what follows them is left out.
fn release(version: &str) -> Vec<u64> {
    version.split('.').map_while(|part| part.parse().ok()).collect()
}

fn compare_releases(left: &[u64], right: &[u64]) -> Ordering {
    let length = left.len().max(right.len());
    let part = |version: &[u64], at: usize| version.get(at).copied().unwrap_or(0);
    (0..length)
        .map(|at| part(left, at).cmp(&part(right, at)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// PEP 685: extras compare as names of packages do.
fn normalised(extra: &str) -> String {
    extra.to_ascii_lowercase().replace(['_', '.'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(marker: &str, extras: &[&str]) -> bool {
        let platform = Platform { os: "linux".into(), architecture: "amd64".into(), variant: None };
        holds(marker, &Environment::new(Some("3.11"), &platform), &extras.iter().copied().collect())
    }

    #[test]
    fn markers_hold_as_pep_508_says() {
        for (marker, expected) in [
            ("python_version >= '3.8'", true),
            ("python_version < \"3.10\"", false),
            ("python_version == '3.*'", true),
            ("python_version ~= '3.9'", true),
            ("'3.9' <= python_version", true),
            ("python_full_version >= '3.11.2'", true),
            ("sys_platform == 'win32' or platform_system == 'Linux'", true),
            ("sys_platform == 'win32' and platform_system == 'Linux'", false),
            (
                "(os_name == 'posix') and (python_version > '3.10' and platform_machine in 'x86_64 AMD64')",
                true,
            ),
            ("platform_python_implementation != 'PyPy'", true),
            ("python_version not in '2.7, 3.0'", true),
            ("implementation_name == 'cpython'", true),
            ("extra == 'gpu'", false),
        ] {
            assert_eq!(check(marker, &[]), expected, "{marker}");
        }
        assert!(check("extra == \"Dev_Tools\" and python_version > '3'", &["dev-tools"]));
        assert!(!check("extra == 'a' and python_version < '3'", &["a"]));
    }

    #[test]
    fn what_is_no_marker_holds() {
        for marker in
            ["", "nonsense", "python_version >=", "((((", "python_version ? '3'", &"(".repeat(10_000)]
        {
            assert!(check(marker, &[]), "{marker}");
        }
    }
}
