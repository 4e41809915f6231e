//! The Python modules that shell scripts run: `python -m NAME`, and programs that are named like their module.

use super::modules::Modules;

/// Programs that come with the package of the same name.
const PROGRAMS: [&str; 14] = [
    "alembic",
    "celery",
    "daphne",
    "dagster",
    "fastapi",
    "flask",
    "gradio",
    "granian",
    "gunicorn",
    "hypercorn",
    "mlflow",
    "streamlit",
    "supervisord",
    "uvicorn",
];

pub(super) fn read(source: &[u8], modules: &mut Modules) {
    for line in source.split(|&byte| byte == b'\n') {
        let text = String::from_utf8_lossy(line);
        let is_end = |character: char| character.is_whitespace() || ";&|()`\"'$".contains(character);
        let mut words = text.split(is_end).filter(|word| !word.is_empty()).peekable();
        while let Some(word) = words.next() {
            if word.starts_with('#') {
                break;
            }
            let program = word.rsplit('/').next().unwrap_or(word);
            if PROGRAMS.contains(&program) {
                modules.push(if program == "supervisord" { b"supervisor" } else { program.as_bytes() });
            } else if is_python(program) {
                // Options come before the module.
                while let Some(option) = words.next_if(|word| word.starts_with('-')) {
                    if option == "-m" {
                        modules.push(words.next().unwrap_or_default().as_bytes());
                        break;
                    }
                }
            }
        }
    }
}

fn is_python(program: &str) -> bool {
    let version = program.strip_prefix("python").or_else(|| program.strip_prefix("pypy"));
    version.is_some_and(|version| version.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_modules_are_found() {
        let check = |source: &str, expected: &str| {
            let mut modules = Modules::default();
            read(source.as_bytes(), &mut modules);
            assert_eq!(modules.0.into_iter().collect::<Vec<_>>().join(" "), expected, "{source}");
        };
        check("#!/bin/sh\nset -e\nexec /opt/venv/bin/uvicorn app:app", "uvicorn");
        check("python3.11 -u -m a.b --x && python manage.py migrate", "a.b");
        check("# gunicorn\npython3 -c 'x'; python-config -m y # flask", "");
        check("sh -c \"celery -A app worker\" & supervisord", "celery supervisor");
        check("python -m", "");
    }
}
