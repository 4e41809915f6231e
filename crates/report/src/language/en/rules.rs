//! The texts of the rules: in English.

use plimsoll_analysis::findings::RuleId;

use crate::language::RuleWords;

pub(super) const fn rule(id: RuleId) -> RuleWords {
    match id {
        RuleId::BuildLeftovers => RuleWords {
            title: "Sources and object files of a build are in the image",
            why: "What was compiled in the image often stays beside its result: unpacked sources, object files, configuration logs. \
                  Nothing reads them again.",
            how: "Delete the directory in the `RUN` that builds, after the installation. Or build in a separate stage, and copy only the \
                  result.",
            limits: "Detects object files by their names, and sources in directories with a `Makefile`, a `configure` or the like that a \
                     `RUN` made. The whole directory counts only if the same instruction installs elsewhere, and nothing links or starts \
                     from it. Sources that `COPY` brought are not checked: a build stage avoids them.",
        },
        RuleId::BuildTools => RuleWords {
            title: "Build tools are in the final image",
            why: "Compilers, headers and version control are needed to build, not to run. They are large, and they give attackers tools.",
            how: "Build in a stage that has the tools, and copy the result into a final stage without them. Or install, build and purge \
                  the tools in one `RUN`.",
            limits: "Tools are known by name. A tool that another package needs at run time does not count, and neither does git if a \
                     used package runs it. A program that starts a compiler by itself is not detected.",
        },
        RuleId::Bytecode => RuleWords {
            title: "Python bytecode is stored beside its source",
            why: "Python compiles the modules that it imports. The bytecode that pip compiles in advance is about a third of all pure \
                  Python packages, and most of it belongs to modules that are never imported.",
            how: "Install with `pip install --no-compile` and set `PYTHONDONTWRITEBYTECODE=1` during the build.",
            limits: "Without bytecode the first start is slower. Every start is slower if the service cannot write beside its source. \
                     The trade pays off for services that rarely start.",
        },
        RuleId::CacheBreakingLayers => RuleWords {
            title: "The order of the instructions defeats the build cache",
            why: "A change to any copied file reruns every later instruction. If the sources are copied first, one changed line \
                  reinstalls all dependencies, and every machine pulls them again. A package list that a separate instruction fetches \
                  comes from the cache long after it is out of date.",
            how: "Copy the list of requirements, install, and copy the sources last. Update and install in one `RUN`.",
            limits: "Saves time and traffic of later builds, not bytes of this image. The bytes shown are those that each change rebuilds.",
        },
        RuleId::ContextLeftovers => RuleWords {
            title: "The image has files of the working copy that it does not need",
            why: "Every build sends them to the builder, and every change to them invalidates the cache. They may disclose private data: \
                  the whole source history, an environment file.",
            how: "List them in a `.dockerignore` beside the Dockerfile, or copy only the directories that the image needs.",
            limits: "Checks the files that `COPY` and `ADD` took from the build context, from 100 kB unless they are private. Reports of \
                     coverage, `target` directories and source maps are a separate finding, and so are tests, documentation, databases and \
                     data, because a service may read them. With `--dockerfile`, its `.dockerignore` is taken into account.",
        },
        RuleId::CudaLibraries => RuleWords {
            title: "CUDA libraries are installed where a CPU build is enough",
            why: "The default builds on PyPI for Linux are for NVIDIA GPUs: gigabytes that a service without a GPU never loads.",
            how: "Install the CPU build from the index that provides it.",
            limits: "Whether the service gets a GPU is decided where it starts, not in the image. NVIDIA settings and packages in the \
                     image suggest that it does, and lower the confidence.",
        },
        RuleId::DebugSymbols => RuleWords {
            title: "Program binaries have debug symbols",
            why: "Debug symbols map instructions to source lines. Only debuggers read them, and they are often larger than the program.",
            how: "Build without them (`strip = true` in the release profile of Cargo, `-ldflags='-s -w'` for Go, `-s` for a linker), or \
                  run `strip` in the instruction that creates the file. Keep the symbols outside the image, where you analyze crashes.",
            limits: "Counts the sections that `strip` removes, not the padding between them. A program that prints its own stack traces \
                     loses function names. A library that was edited after linking, like those in wheels, may break: test it.",
        },
        RuleId::Documentation => RuleWords {
            title: "Manuals and documentation are in the image",
            why: "A service does not read manuals.",
            how: "Configure the package manager to exclude them before it installs anything.",
            limits: "Files of the base image do not count: only another base avoids them. Copyright files stay. Packages that have only \
                     documentation are a separate finding; they are known by name: `-doc`, `-docs`, `manpages`.",
        },
        RuleId::DuplicateFiles => RuleWords {
            title: "The same content is at several paths",
            why: "Each copy is stored, pulled and kept in the page cache separately.",
            how: "Copy the file once and link the other path to it, or copy only one of the directories.",
            limits: "Copies within packages count from 5 MB each, because only their maintainers can change them. Model weights and \
                     caches have their own rules. Links are not copies. Files below `/var` are state that a program manages itself.",
        },
        RuleId::DuplicateModels => RuleWords {
            title: "The same model is in the image twice",
            why: "Model repositories have the same weights for several frameworks, and a plain download fetches all of them. A copy \
                  beside a cache keeps both. Only one is loaded.",
            how: "Download only the format that the service loads (`--include`). Move weights out of a cache instead of copying them.",
            limits: "The format that the service loads is not visible. If a model has weights as safetensors, the rule assumes those.",
        },
        RuleId::HeavyPackages => RuleWords {
            title: "Heavy packages have lighter alternatives",
            why: "A few packages make up most of many images, and services often use only a small part of each.",
            how: "Check what the code uses from the package. If it is little, use a package that does only that.",
            limits: "The rule does not know how much of a package is used, so this is a hint. The saving is what is freed with the \
                     package, without its replacement.",
        },
        RuleId::Locales => RuleWords {
            title: "Translations of system packages are in the image",
            why: "They are messages of system tools in dozens of languages, which a service never prints.",
            how: "Configure the package manager to exclude them before it installs anything.",
            limits: "English and generated locales stay. Files of the base image do not count. Translations in Python, npm and other \
                     language packages are not checked, because an application may need them.",
        },
        RuleId::LogFiles => RuleWords {
            title: "Logs are in the image",
            why: "They describe the build, or a machine that no longer exists. A service does not need them.",
            how: "Delete them in the instruction that writes them, or exclude them from the build context with `.dockerignore`.",
            limits: "Detects files below `var/log` and files that end in `.log`, from 500 kB.",
        },
        RuleId::MissingHealthCheck => RuleWords {
            title: "The image has no health check",
            why: "Without one, an engine does not notice that a service hangs, and a compose file cannot wait until it is ready.",
            how: "Add a `HEALTHCHECK` that queries the service with a program that the image already has.",
            limits: "Only for images that expose a port. Orchestrators have their own probes. A disabled check (`HEALTHCHECK NONE`) stays \
                     disabled. The OCI image format does not store health checks, so a build to that format loses them.",
        },
        RuleId::ModelWeights => RuleWords {
            title: "Model weights are part of the image",
            why: "Weights are large and rarely change. Every machine pulls them with every image that has them, and each service of a \
                  stack has its own copy.",
            how: "Keep them in a volume that is filled once and mounted read-only, or download them at the first start. If they must be \
                  in the image, give them a separate layer below the code, so that they are pulled once.",
            limits: "An image that must start fast, or without a network, has a good reason to contain its weights.",
        },
        RuleId::NpmDevDependencies => RuleWords {
            title: "npm development dependencies are installed",
            why: "Bundlers, test runners and compilers are often most of `node_modules`. A built service does not run them.",
            how: "Install with `--omit=dev`. If the build needs them, build in a separate stage and copy the result.",
            limits: "Reads the `package.json` of projects in the image. A package stays if it is also a run-time dependency, or if one \
                     needs it.",
        },
        RuleId::PackageManagerCache => RuleWords {
            title: "Package manager caches are in the image",
            why: "Every pull downloads them, and the service never reads them.",
            how: "Mount the cache while the instruction runs (`RUN --mount=type=cache`): it never enters a layer, and it speeds up the \
                  next build. Or delete it in the instruction that fills it. Deleting it in a later instruction saves nothing.",
            limits: "Caches are known by their location. A cache that a setting moves elsewhere is not detected. Files that have another \
                     name outside the cache do not count, and neither do files that the image runs from: those that links, commands, \
                     search paths, scripts and environments lead to. A program that finds a cache by itself is not detected. Caches \
                     below 100 kB are ignored.",
        },
        RuleId::PackagingTools => RuleWords {
            title: "pip, setuptools or wheel remain in the final image",
            why: "They install packages; a service only runs them. Vulnerability scanners often report them.",
            how: "Create the environment with `python -m venv --without-pip` and install into it from outside (`pip --python`), or \
                  uninstall the tools in the instruction that uses them.",
            limits: "Tools of the base image do not count: removing them in a later layer frees nothing. A tool that another package \
                     needs, often setuptools, stays.",
        },
        RuleId::RecommendedPackages => RuleWords {
            title: "Packages are installed only because others recommend them",
            why: "`apt-get install` also installs what its packages recommend. A service rarely needs it, and it can be larger than \
                  what was asked for.",
            how: "Install with `--no-install-recommends`, and name the recommended packages that you need.",
            limits: "Only dpkg records which packages came along. A program that the build or the command of the container calls by name \
                     stays, and so do certificates, time zones and locales. A script inside a package may still call one of the others.",
        },
        RuleId::RewrittenFiles => RuleWords {
            title: "A later layer deletes or rewrites files",
            why: "Layers only add. Files that a later instruction deletes, overwrites or gives another owner are still pulled and stored.",
            how: "Delete files in the `RUN` that creates them. Set the owner while copying (`COPY --chown`, `COPY --chmod`). Mount files \
                  that only the build needs (`RUN --mount=type=bind`), or use a build stage and copy only its result.",
            limits: "Ignores files that one layer of the base image hides from another, groups below 1 MB, and the databases that package \
                     managers rewrite with every package.",
        },
        RuleId::RootUser => RuleWords {
            title: "The service runs as root",
            why: "An attacker who takes over the service is root in the container, can change its files, and needs only one flaw of the \
                  engine to reach the host.",
            how: "Create a user, give it the files that the service writes, and set `USER` at the end of the Dockerfile.",
            limits: "Ignores images without a service, and images with gosu, su-exec or setpriv, by which a start script drops root. A \
                     compose file or an orchestrator can set another user. The severity is low if the image exposes no port: an attacker \
                     has to get in first.",
        },
        RuleId::Secrets => RuleWords {
            title: "Secrets or keys are in the image",
            why: "Everyone who can pull the image has them. Deleting them in a later layer does not help: the lower layer still has them.",
            how: "Revoke them. Pass secrets to a build with `RUN --mount=type=secret`, and to a service when it starts.",
            limits: "Detects files by name and structure. Only the path and the kind are recorded, never the content. Keys that belong to \
                     a package, usually for its tests, are a separate finding.",
        },
        RuleId::SetuidFiles => RuleWords {
            title: "Unusual setuid or setgid programs are in the image",
            why: "A setuid program of root can lead from a service to root. Distributions have few of them and review them; other \
                  programs get no such review.",
            how: "Clear the bit, or prevent the service from gaining privileges (`no-new-privileges`).",
            limits: "Ignores, by name, the programs for which distributions set the bit.",
        },
        RuleId::SeveralVersions => RuleWords {
            title: "The image has several Python versions, or several copies of a package",
            why: "One of them runs; the others only add size. Often a system package installs the Python of the distribution beside the \
                  one of the base image.",
            how: "Take Python from one place: the base image or the distribution. Install packages into one environment. Let npm merge \
                  copies (`npm dedupe`).",
            limits: "Assumes that the interpreter in the first of the usual directories runs. A system tool may need the Python of the \
                     distribution: check what is removed with it.",
        },
        RuleId::SharedFatImage => RuleWords {
            title: "Several services share an image with packages that only one of them needs",
            why: "Each service is pulled and started with the packages of the others, and a change for one rebuilds all.",
            how: "Give each service its own stage in the Dockerfile, on top of a stage with the common packages, and its own list of \
                  requirements.",
            limits: "The commands in the compose file or the image show which code belongs to which service. If they do not lead to the \
                     code, nothing is reported. A machine that has all images stores shared layers once, so a split saves most where \
                     only some of the services are pulled.",
        },
        RuleId::ShippedTests => RuleWords {
            title: "Tests of packages are in the image",
            why: "Many packages install their tests, with data. A service never runs them.",
            how: "Delete them in the instruction that installs the packages.",
            limits: "Detects `tests` directories within packages. A few packages import their own tests: run the service once before you \
                     rely on it.",
        },
        RuleId::StaticLibraries => RuleWords {
            title: "Static libraries are in the image",
            why: "Only linkers read them. A running program already contains the parts that it needs.",
            how: "Delete them in the instruction that installs them, or copy only the needed files from a build stage.",
            limits: "Detects `.a` and `.la` files. Those of `-dev` packages count as build tools. A service that builds extensions at \
                     run time needs them.",
        },
        RuleId::TemporaryFiles => RuleWords {
            title: "Temporary files, core dumps or installers are in the image",
            why: "A build downloads, unpacks and sometimes crashes. What it leaves in `/tmp`, `/var/tmp` or a home directory is pulled by \
                  every machine, and the memory of a crashed program may hold secrets.",
            how: "Delete them in the `RUN` that makes them, or mount the directory: `RUN --mount=type=tmpfs,target=/tmp`.",
            limits: "Files that the command of the container, its working directory or a volume names stay. A core dump is detected by \
                     name (`core`, `core.17`, `.hprof`, `.heapsnapshot`), from 100 kB. Installers count if a `RUN` left them in a home \
                     directory or one level below. Each kind is reported from 500 kB.",
        },
        RuleId::TestTools => RuleWords {
            title: "Tools for tests and development are installed to run the service",
            why: "Test runners, linters and formatters bring many dependencies, and the service never starts them. Usually they are in the \
                  same list as what the service needs.",
            how: "Keep them in a separate list: `requirements-dev.txt`, an optional group of `pyproject.toml`, `devDependencies` of \
                  `package.json`. Install that list only where tests run.",
            limits: "Tools are known by name. One that the code of the service imports or names, or that a used package needs, stays; \
                     files in `tests` directories and `test_*.py` are no code of the service. An image that is built to run tests needs \
                     them.",
        },
        RuleId::UnpinnedBase => RuleWords {
            title: "The base image is not pinned",
            why: "`latest` is the image that was pushed last. Tomorrow the same Dockerfile builds a different image, and the reason for \
                  its growth is hard to find.",
            how: "Specify a version or, better, a digest, and let a bot update it.",
            limits: "The base is known from the Dockerfile, if given, or from a label (`org.opencontainers.image.base.name`). The digest \
                     that the image was built on is known only if another label has it; otherwise the fix is a command that shows the \
                     present one. Whether a version tag moves is not visible.",
        },
        RuleId::UnusedPackages => RuleWords {
            title: "Packages are installed that nothing seems to use",
            why: "A package brings all its dependencies: one line in a list of requirements can be most of an image.",
            how: "Remove the package from the list of requirements, build, and run the tests. If only development needs it, keep it in a \
                  separate list.",
            limits: "Static analysis of Python and npm packages: a package counts as used if the application code imports it, a setting, \
                     a string or a script names it, the image runs it, a used package needs it, a used package can optionally use it, or \
                     it is a plugin of a used package. Names made at run time, code that is mounted instead of shipped, and optional \
                     imports that a package does not declare are not detected. Without application code in the image, nothing is \
                     reported.",
        },
    }
}
