//! GPU libraries in images that a CPU build would serve.

use plimsoll_snapshot::{Bytes, Ecosystem, path};

use crate::findings::finding::{Confidence, Finding};
use crate::findings::fixes::{Action, Fix, TorchPlace, instead_of};
use crate::findings::headline::Headline;
use crate::findings::input::Input;
use crate::findings::rule::{Check, Rule};
use crate::findings::rule_id::RuleId;
use crate::instruction::Instruction;
use crate::lines::install::Becomes;
use crate::lines::{Line, Requirements, Toml, Unfit, dockerfile, line, names, step};
use crate::packages::Package;

pub(super) const RULE: Rule = Rule { id: RuleId::CudaLibraries, check: Check::Image(check) };

const LEAST: Bytes = Bytes(50_000_000);
/// The index of PyTorch that has only CPU builds (pytorch.org, "Get started").
pub(crate) const INDEX: &str = "https://download.pytorch.org/whl/cpu";

/// Packages with GPU libraries, and their builds for the CPU.
pub(crate) const CPU_PACKAGES: [(&str, &str); 2] =
    [("onnxruntime-gpu", "onnxruntime"), ("tensorflow", "tensorflow-cpu")];

/// Libraries of frameworks that only GPUs need.
const LIBRARIES: [&[u8]; 19] = [
    b"libtorch_cuda",
    b"libc10_cuda",
    b"libtorch_nvshmem",
    b"libcaffe2_nvrtc",
    b"libcudart",
    b"libcublas",
    b"libcudnn",
    b"libnccl",
    b"libcusparse",
    b"libcusolver",
    b"libcufft",
    b"libcurand",
    b"libnvrtc",
    b"libnvJitLink",
    b"libnvToolsExt",
    b"libcupti",
    b"libonnxruntime_providers_cuda",
    b"libonnxruntime_providers_tensorrt",
    b"libnvshmem",
];

fn check(input: &Input<'_>) -> Vec<Finding> {
    let installed = |name: &str| {
        input
            .catalogue
            .installed()
            .find(|package| package.ecosystem == Ecosystem::Python && package.name == name)
    };
    let torch = installed("torch");
    let is_cuda = |package: &Package| {
        package.ecosystem == Ecosystem::Python
            && (package.name.starts_with("nvidia-") || package.name == "triton" && torch.is_some())
    };
    let inodes: Vec<u32> = input
        .inodes()
        .filter(|(index, ..)| {
            let is_library = |place| LIBRARIES.iter().any(|start| path::name(place).starts_with(start));
            let is_of_python = |package: &Package| package.ecosystem == Ecosystem::Python;
            input.is_only_of(*index, is_cuda)
                || input.is_only_of(*index, is_of_python) && input.everywhere(*index, is_library)
        })
        .map(|(index, ..)| index)
        .collect();
    if input.bytes(&inodes) < LEAST {
        return Vec::new();
    }
    let main = input.main_layer(&inodes).and_then(|layer| input.instruction(layer));
    let evidence = input.grouped(&inodes, |index, inode| input.owner(index, inode));
    let mut finding = input.finding(RULE.id, Headline::CudaLibraries, inodes).with_groups(evidence);
    finding.confidence = if expects_a_gpu(input) { Confidence::Low } else { Confidence::Medium };
    if let Some(torch) = torch {
        finding.add(fix(main.as_ref(), torch).map(|fix| [fix]));
    }
    for (gpu, cpu) in CPU_PACKAGES {
        if let Some(package) = installed(gpu) {
            let named = |name: &str| (name == gpu).then_some(Becomes::Other(cpu));
            let run = input.instruction(package.layer);
            if let Some(fix) = instead_of(run, Action::InstallCpuPackage, named) {
                finding.fixes.push(fix);
                continue;
            }
            finding.add(names::python_version::<Requirements>(&package.version).map(|version| {
                let lines = line!("-", gpu, "==", &version, "\n+", cpu, "==", &version);
                [Fix::new(Action::InstallCpuPackage, lines)]
            }));
        }
    }
    vec![finding]
}

/// Whether the image is configured for a GPU, or has packages that need one.
fn expects_a_gpu(input: &Input<'_>) -> bool {
    let setting = |name: &String| name.starts_with("NVIDIA_") || name.starts_with("CUDA_");
    let package = |package: &Package| match package.ecosystem {
        Ecosystem::Python => {
            matches!(package.name.as_str(), "vllm" | "bitsandbytes" | "flash-attn" | "xformers" | "deepspeed")
        }
        ecosystem => ecosystem.is_system() && package.name.starts_with("cuda-"),
    };
    input.image.config.env_names.iter().any(setting) || input.catalogue.installed().any(package)
}

fn fix(instruction: Option<&Instruction>, torch: &Package) -> Result<Fix, Unfit> {
    let install = |place| Action::InstallCpuTorch { place };
    // `2.5.1+cu124` is a build of 2.5.1.
    let version = torch.version.split('+').next().unwrap_or_default();
    let command = instruction.and_then(step::command).unwrap_or_else(|| "".into());
    if command.contains("uv sync") {
        let lines: Line<Toml> = line!(
            "+[[tool.uv.index]]\n+name = \"pytorch-cpu\"\n+url = \"",
            INDEX,
            "\"\n+explicit = true\n+[tool.uv.sources]\n+torch = { index = \"pytorch-cpu\" }",
        );
        return Ok(Fix::new(install(TorchPlace::Pyproject), lines));
    }
    if command.contains("poetry install") {
        let lines: Line<Toml> = line!(
            "+[[tool.poetry.source]]\n+name = \"pytorch-cpu\"\n+url = \"",
            INDEX,
            "\"\n+priority = \"explicit\"\n+[tool.poetry.dependencies]\n+torch = { version = \"",
            names::python_version(version)?,
            "\", source = \"pytorch-cpu\" }",
        );
        return Ok(Fix::new(install(TorchPlace::Pyproject), lines));
    }
    // An extra index offers `2.5.1+cpu` beside `2.5.1`, and pip takes the former for the newer (PEP 440, "Local version").
    for pip in ["pip install", "pip3 install"] {
        if let Some(instruction) = instruction.filter(|_| command.contains(pip)) {
            let lines = command.replacing(pip, line!(pip, " --extra-index-url ", INDEX), 1);
            return Ok(Fix::instead_of(
                instruction.clone(),
                install(TorchPlace::Instruction),
                dockerfile::run(&[], &[lines]),
            ));
        }
    }
    let version = names::python_version(version)?;
    let pip = line!("pip install --index-url ", INDEX, " torch==", version);
    Ok(Fix::new(install(TorchPlace::BeforeRequirements), dockerfile::run(&[], &[pip])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::check::{check, check_config};

    const TORCH: &str = "
        i RUN pip install -r requirements.txt
        f site/torch-2.5.1.dist-info/METADATA 10
        p site/torch-2.5.1.dist-info/METADATA python torch 2.5.1+cu124 files=site/torch/lib/libtorch_cuda.so,site/torch/lib/libtorch_cpu.so
        f site/nvidia_cudnn_cu12-9.dist-info/METADATA 10
        p site/nvidia_cudnn_cu12-9.dist-info/METADATA python nvidia-cudnn-cu12 9 files=site/nvidia/cudnn.so
        f site/torch/lib/libtorch_cuda.so 300000000
        f site/torch/lib/libtorch_cpu.so 100000000
        f site/nvidia/cudnn.so 500000000";

    #[test]
    fn gpu_libraries_go_and_the_framework_stays() {
        let found = check(&RULE, &["i ADD rootfs /\nf etc/x 1", TORCH]);
        assert_eq!((found[0].saving, found[0].confidence), (Bytes(800_000_010), Confidence::Medium));
        assert_eq!(
            found[0].fixes[0].lines,
            "RUN pip install --extra-index-url https://download.pytorch.org/whl/cpu -r requirements.txt"
        );
    }

    #[test]
    fn gpu_libraries_in_a_gpu_image_are_possibly_intentional() {
        let found =
            check_config(&RULE, &[TORCH], |config| config.env_names = vec!["NVIDIA_VISIBLE_DEVICES".into()]);
        assert_eq!(found[0].confidence, Confidence::Low);
    }

    #[test]
    fn a_build_for_the_cpu_is_no_finding() {
        let cpu = "
            f site/torch-2.5.1.dist-info/METADATA 10
            p site/torch-2.5.1.dist-info/METADATA python torch 2.5.1+cpu files=site/torch/lib/libtorch_cpu.so
            f site/torch/lib/libtorch_cpu.so 900000000";
        assert_eq!(check(&RULE, &[cpu]), []);
    }
}
