//! Paths in caches of package managers, where settings and scripts name them.

/// What stands in such a path. Which of them are caches is judged later.
const MARKS: [&str; 18] = [
    "/.cache/",
    "/.m2/",
    "/.gradle/",
    "/.ivy2/",
    "/.sbt/",
    "/.cargo/",
    "/cargo/registry/",
    "/cargo/git/",
    "/.npm/",
    "/.yarn/",
    "/.pnpm-store/",
    "/pnpm/store/",
    "/.composer/",
    "/.bundle/",
    "/bundle/cache/",
    "conda/pkgs/",
    "mamba/pkgs/",
    "/pkg/mod/cache/",
];

/// Variables that name what is run or loaded.
const SEARCH_PATHS: [&str; 19] = [
    "PATH",
    "CLASSPATH",
    "NODE_PATH",
    "NODE_OPTIONS",
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "VIRTUAL_ENV",
    "CONDA_PREFIX",
    "UV_PROJECT_ENVIRONMENT",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "GEM_PATH",
    "GEM_HOME",
    "RUBYLIB",
    "PERL5LIB",
    "JAVA_HOME",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
];

/// The longest path that is kept, and the most of one text.
pub(crate) const MAX_LENGTH: usize = 500;
const MAX_PATHS: usize = 100;

/// The paths in caches that a text names.
pub(crate) fn find(text: &str) -> impl Iterator<Item = &str> {
    let is_end = |character: char| character.is_whitespace() || ":;,='\"`()<>|&!#".contains(character);
    let is_path = |word: &&str| {
        (word.starts_with('/')
            || word.starts_with("~/")
            || word.starts_with("$HOME/")
            || word.starts_with("${HOME}/"))
            && word.len() <= MAX_LENGTH
    };
    let words = text.split(is_end).filter(is_path);
    words.filter(|word| MARKS.iter().any(|mark| format!("{word}/").contains(mark))).take(MAX_PATHS)
}

/// The paths in caches that a variable `NAME=VALUE` leads to, if it is one that programs are searched by.
pub(crate) fn of_variable(variable: &str) -> impl Iterator<Item = &str> {
    let value = variable.split_once('=').filter(|(name, _)| SEARCH_PATHS.contains(name));
    value.into_iter().flat_map(|(_, value)| find(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_search_paths_lead_and_only_into_caches() {
        let check = |variable: &str, expected: &[&str]| {
            assert_eq!(of_variable(variable).collect::<Vec<_>>(), expected, "{variable}");
        };
        check("PATH=/root/.cache/tool/bin:/usr/bin", &["/root/.cache/tool/bin"]);
        check("CLASSPATH=/app.jar:/root/.m2/repository/*", &["/root/.m2/repository/*"]);
        check("JAVA_TOOL_OPTIONS=-javaagent:/root/.m2/repository/a.jar=x", &["/root/.m2/repository/a.jar"]);
        check("PIP_CACHE_DIR=/root/.cache/pip", &[]);
        check("TOKEN=/root/.cache/secret", &[]);
        check("PATH", &[]);
    }
}
