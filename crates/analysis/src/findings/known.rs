//! Packages that several rules know by name.

use plimsoll_snapshot::Ecosystem;

use crate::packages::Package;

/// Whether a package only installs others. The rule on packaging tools reports them, so others pass over them.
pub(super) fn is_packaging_tool(package: &Package) -> bool {
    package.ecosystem == Ecosystem::Python
        && matches!(
            package.name.as_str(),
            "pip" | "setuptools" | "wheel" | "poetry" | "pipenv" | "virtualenv"
        )
}

/// Python packages that test, check, format, document or publish code.
const PYTHON: [&str; 58] = [
    "allure-pytest",
    "autoflake",
    "autopep8",
    "bandit",
    "behave",
    "black",
    "bump2version",
    "bumpversion",
    "codecov",
    "commitizen",
    "coverage",
    "coveralls",
    "factory-boy",
    "flake8",
    "freezegun",
    "hypothesis",
    "ipdb",
    "isort",
    "mkdocs",
    "mkdocs-material",
    "mock",
    "moto",
    "mutmut",
    "mypy",
    "nose",
    "nose2",
    "nox",
    "pip-audit",
    "pip-tools",
    "pre-commit",
    "pudb",
    "pycodestyle",
    "pydocstyle",
    "pyflakes",
    "pylint",
    "pyright",
    "pytest",
    "pyupgrade",
    "requests-mock",
    "responses",
    "respx",
    "robotframework",
    "ruff",
    "safety",
    "sphinx",
    "sphinx-rtd-theme",
    "syrupy",
    "testcontainers",
    "testfixtures",
    "time-machine",
    "tox",
    "twine",
    "vcrpy",
    "vulture",
    "watchdog-stubs",
    "webtest",
    "xdoctest",
    "yapf",
];
/// The beginnings of names of their plugins.
const PYTHON_PLUGINS: [&str; 7] =
    ["pytest-", "flake8-", "pylint-", "sphinx-", "sphinxcontrib-", "types-", "tox-"];
/// npm packages of this kind.
const NPM: [&str; 27] = [
    "ava",
    "c8",
    "chai",
    "cypress",
    "eslint",
    "husky",
    "jasmine",
    "jest",
    "karma",
    "lint-staged",
    "mocha",
    "msw",
    "nock",
    "nodemon",
    "nyc",
    "playwright",
    "@playwright/test",
    "prettier",
    "sinon",
    "stylelint",
    "supertest",
    "tap",
    "tslint",
    "ts-jest",
    "typedoc",
    "vitest",
    "xo",
];
const NPM_PLUGINS: [&str; 6] =
    ["eslint-", "@types/", "@typescript-eslint/", "@testing-library/", "jest-", "karma-"];

/// Whether only tests and development use a package, as a rule.
pub(super) fn is_test_tool(package: &Package) -> bool {
    let name = package.name.as_str();
    let is_known = |names: &[&str], plugins: &[&str]| {
        names.contains(&name) || plugins.iter().any(|plugin| name.starts_with(plugin))
    };
    match package.ecosystem {
        Ecosystem::Python => is_known(&PYTHON, &PYTHON_PLUGINS),
        Ecosystem::Npm => is_known(&NPM, &NPM_PLUGINS),
        _ => false,
    }
}
