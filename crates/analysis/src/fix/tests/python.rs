//! Python packages: services that share an image, and lists of packages.

use super::*;

pub(super) const PYTHON: &str = "i RUN pip install -r requirements.txt
    f s/a.dist-info/METADATA 5
    f s/a/__init__.py 30000000
    p s/a.dist-info/METADATA python a 1 files=s/a/__init__.py
    f s/b.dist-info/METADATA 5
    f s/b/__init__.py 70000000
    p s/b.dist-info/METADATA python b 1 files=s/b/__init__.py
    f s/c.dist-info/METADATA 5
    f s/c/__init__.py 90000000
    p s/c.dist-info/METADATA python c 1 files=s/c/__init__.py";
const CODE: &str = "i COPY . .
    f app/back/main.py 1
    m app/back/main.py python a c
    f app/front/main.py 1
    m app/front/main.py python b c";

#[test]
fn services_that_share_an_image_get_a_stage_each() {
    use plimsoll_snapshot::Runtime;
    use plimsoll_snapshot::runtime::{Command, PlannedService, Probe};

    use crate::fix::{BuildPlace, Compose};
    use crate::memory::recommend::Demands;
    let dockerfile = "FROM python\nARG A\nWORKDIR /app\nCOPY requirements.txt /tmp/\nRUN pip install --no-cache-dir -r /tmp/requirements.txt\nCOPY . .\nEXPOSE 8000 8501\nHEALTHCHECK CMD curl localhost:8000\nCMD [\"python\", \"back/main.py\", \"8000\"]\n";
    let compose = "services:\n  back: {image: app:1}\n  front:\n    image: app:1\n    command: python front/main.py 8501\n";
    let python = PYTHON.replace("-r requirements", "--no-cache-dir -r /tmp/requirements");
    let layers = [
        BASE,
        "i WORKDIR /app\nd app",
        "i COPY requirements.txt /tmp/\nf tmp/requirements.txt 6",
        &python,
        CODE,
    ];
    let mut snapshot = snapshot("back", &layers);
    snapshot.images[0].config.working_dir = "/app".into();
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    snapshot.images[0].config.command = words("python back/main.py 8000");
    snapshot.services[0].build = Some(build(dockerfile));
    let mut other = snapshot.services[0].clone();
    other.name = "front".into();
    snapshot.services.push(other);
    let front = PlannedService {
        name: "front".into(),
        command: Some(Command(words("python front/main.py 8501"))),
        ..PlannedService::default()
    };
    let back =
        PlannedService { name: "back".into(), health_check: None::<Probe>, ..PlannedService::default() };
    snapshot.runtime = Some(Runtime { planned: vec![back, front], ..Runtime::default() });
    let split = |list: &str| {
        let read = |path: &str| (path == "requirements.txt").then(|| list.to_owned());
        let demands = Demands::none();
        let place = BuildPlace { context: ".", dockerfile: None };
        let files = Files {
            dockerfile,
            dockerignore: None,
            read: &read,
            compose: Some(Compose { text: compose, place, demands: &demands }),
        };
        let choice = FixOptions {
            confidence: Confidence::Medium,
            is_meant: &|finding| finding.rule == RuleId::SharedFatImage,
            cpu_index: None,
            has_settings: false,
        };
        plan_service(&snapshot, &snapshot.services[0], &files, &choice).unwrap()
    };
    let plan = split("a==1\nb==1 # page\nc==1\n");
    let file = |name: &str| {
        let of = |file: &FixedFile| match file {
            FixedFile::Dockerfile => "Dockerfile".to_owned(),
            FixedFile::Compose => "compose.yml".to_owned(),
            FixedFile::Context(path) => path.clone(),
            FixedFile::Dockerignore => ".dockerignore".to_owned(),
        };
        plan.changes.iter().find(|change| of(&change.file) == name).map(|change| change.after.as_str())
    };
    let part = |service: &str, settings: &str| {
        format!(
            "\nFROM common AS {service}\nARG A\nCOPY requirements-{service}.txt /tmp/\nRUN pip install --no-cache-dir -r /tmp/requirements-{service}.txt\nCOPY . .\n{settings}"
        )
    };
    let front = part("front", "EXPOSE 8501\nCMD [\"python\",\"front/main.py\",\"8501\"]\n");
    let back = part(
        "back",
        "EXPOSE 8000\nHEALTHCHECK CMD curl localhost:8000\nCMD [\"python\", \"back/main.py\", \"8000\"]\n",
    );
    let expected = format!("FROM python AS common\nARG A\nWORKDIR /app\n{front}{back}");
    assert_eq!(file("Dockerfile").unwrap(), expected);
    assert_eq!(file("requirements-back.txt").unwrap(), "a==1\nc==1\n");
    assert_eq!(file("requirements-front.txt").unwrap(), "b==1 # page\nc==1\n");
    assert_eq!(
        file("compose.yml").unwrap(),
        "services:\n  back: {image: app-back:1, build: {context: ., target: back}}\n  front:\n    image: app-front:1\n    command: python front/main.py 8501\n    build:\n      context: .\n      target: front\n"
    );
    let sizes: Vec<u64> = plan.promises.iter().map(|promise| plan.before.0 - promise.after.0).collect();
    assert_eq!(sizes, [30_000_005, 70_000_005]);
    assert_eq!(plan.saving.0, 70_000_005);
    // Lists in lists may name them, too.
    let plan = split("a==1\n-r more.txt\n");
    assert_eq!(plan.changes, []);
    assert_eq!(
        refusal(&plan, RuleId::SharedFatImage),
        Some(Refusal::LacksFile { file: "requirements.txt".into() })
    );
}

const MAIN: &str = "i COPY main.py /srv/\nf srv/main.py 5\nm srv/main.py python flask";
const TESTED: &str = "i RUN pip install -r requirements.txt
    f site/pytest-8.dist-info/METADATA 10
    p site/pytest-8.dist-info/METADATA python pytest 8 files=site/pytest/__init__.py requested
    f site/flask-3.dist-info/METADATA 10
    p site/flask-3.dist-info/METADATA python flask 3 files=site/flask/__init__.py requested
    f site/pytest/__init__.py 900000
    f site/flask/__init__.py 5000000";

#[test]
fn test_tools_leave_the_list_unless_the_build_runs_them() {
    let plan = |run: &str| {
        let dockerfile = format!(
            "FROM debian\nCOPY requirements.txt .\nRUN pip install --no-cache-dir -r requirements.txt{run}\nCOPY main.py /srv/\n"
        );
        let list = "i COPY requirements.txt .\nf requirements.txt 1";
        let layers = [BASE, list, &TESTED.replace("RUN pip install", "RUN pip install --no-cache-dir"), MAIN];
        planned(&dockerfile, &layers, &[("requirements.txt", "flask==3\npytest==8\n")], |_| {})
    };
    let changed = plan("");
    let list =
        changed.changes.iter().find(|change| change.file == FixedFile::Context("requirements.txt".into()));
    assert_eq!(list.unwrap().after, "flask==3\n");
    let tested = plan("\nRUN pytest");
    assert_eq!(
        refusal(&tested, RuleId::TestTools),
        Some(Refusal::UsedLater { line: 4, name: "pytest".into() })
    );
}

#[test]
fn packages_that_stay_save_nothing() {
    let tool = "i RUN pip install --no-cache-dir uv-dialect==1
        f site/uv-1.dist-info/METADATA 10
        p site/uv-1.dist-info/METADATA python uv-dialect 1 files=site/uv/uv requested
        f site/uv/uv 30000000";
    let dockerfile = "FROM debian\nRUN pip install --no-cache-dir uv-dialect==1\nCOPY requirements.txt .\nRUN uv-dialect check\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY main.py /srv/\n";
    let layers = [
        BASE,
        tool,
        "i COPY requirements.txt .\nf requirements.txt 1",
        "i RUN uv-dialect check",
        "i RUN pip install --no-cache-dir -r requirements.txt
            f site/b-1.dist-info/METADATA 10
            p site/b-1.dist-info/METADATA python b 1 files=site/b/__init__.py requested
            f site/b/__init__.py 5000000
            f site/flask-3.dist-info/METADATA 10
            p site/flask-3.dist-info/METADATA python flask 3 files=site/flask/__init__.py requested
            f site/flask/__init__.py 300",
        MAIN,
    ];
    let plan = planned(dockerfile, &layers, &[("requirements.txt", "b==1\nflask==3\n")], |_| {});
    let applied = plan.applied.iter().find(|one| one.finding.rule == RuleId::UnusedPackages).unwrap();
    assert_eq!((applied.finding.saving.0, applied.saving.0), (35_000_020, 5_000_010));
}

#[test]
fn gpu_packages_are_replaced_in_lists() {
    let layer = "i RUN pip install -r requirements.txt
        f s/torch.dist-info/METADATA 5
        f s/torch/lib/libtorch_cuda.so 90000000
        p s/torch.dist-info/METADATA python torch 2 files=s/torch/lib/libtorch_cuda.so
        f s/tensorflow.dist-info/METADATA 5
        f s/tensorflow/libcudart.so 9
        p s/tensorflow.dist-info/METADATA python tensorflow 2 files=s/tensorflow/libcudart.so";
    let dockerfile = "FROM python\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCMD [\"torch\", \"tensorflow\"]\n";
    let layers = [BASE, "i COPY requirements.txt .\nf requirements.txt 5", layer];
    let with = |list: &str| planned(dockerfile, &layers, &[("requirements.txt", list)], |_| {});
    let after = |plan: &Plan, file: FixedFile| {
        plan.changes.iter().find(|change| change.file == file).map(|change| change.after.clone())
    };
    let plan = with("torch==2\nnvidia-cublas-cu12==12\ntensorflow[x]>=2\ntriton==2\n");
    let list = FixedFile::Context("requirements.txt".into());
    assert_eq!(after(&plan, list).unwrap(), "torch==2\ntensorflow-cpu[x]>=2\n");
    assert!(
        after(&plan, FixedFile::Dockerfile).unwrap().contains("pip install --extra-index-url https://"),
        "{plan:?}"
    );
    let hashes = with("torch==2 --hash=sha256:0\n");
    assert_eq!(
        refusal(&hashes, RuleId::CudaLibraries),
        Some(Refusal::Hashes { file: "requirements.txt".into() })
    );
}
