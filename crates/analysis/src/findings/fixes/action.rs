//! What a fix does.

use serde::Serialize;

/// What the lines of a fix do. Each language has a sentence for each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Action {
    /// Installs only the packages that are needed at run time.
    InstallRuntimeOnly,
    /// Installs without recommended packages.
    InstallWithoutRecommended,
    /// Builds in a separate stage.
    BuildInSeparateStage,
    /// Builds in the base image, and ends with its slim variant.
    EndWithSlimBase,
    /// Installs without bytecode.
    InstallWithoutBytecode,
    /// Deletes the files as the last step of the stage that installs the packages.
    DeleteInInstallStage,
    /// Deletes the files in the instruction that creates them.
    DeleteInSameInstruction,
    /// Copies the sources after the dependencies are installed.
    CopySourcesLast,
    /// Updates the package lists and installs in one instruction.
    UpdateAndInstall,
    /// Excludes files from the build context.
    Exclude,
    /// Excludes files from the build context, if the build does not need them.
    ExcludeIfUnneeded,
    /// Builds the image again with the `.dockerignore` as it is.
    Rebuild,
    /// Installs PyTorch without CUDA.
    InstallCpuTorch {
        /// Where the lines belong.
        place: TorchPlace,
    },
    /// Installs the package for the CPU.
    InstallCpuPackage,
    /// Builds without debug symbols, by `Cargo.toml`.
    StripInCargo,
    /// Builds without debug symbols.
    BuildWithoutSymbols,
    /// Strips the files in the instruction that creates them.
    StripInSameInstruction,
    /// Strips the files in the stage that builds them.
    StripInBuildStage,
    /// Installs without documentation.
    InstallWithoutDocs,
    /// Tells dpkg to leave files out, before anything is installed.
    ExcludeInDpkg,
    /// Links the largest copy.
    LinkLargest,
    /// Downloads one format.
    DownloadOneFormat,
    /// Installs the lighter package.
    InstallLighter,
    /// Adds a health check.
    AddHealthCheck,
    /// Mounts models from volumes.
    MountVolumes,
    /// Mounts the cache during the build.
    MountCache,
    /// Deletes the cache in the instruction that fills it.
    ClearCache,
    /// Uninstalls packages in the instruction that uses them.
    UninstallInSameInstruction,
    /// Uninstalls packages as the last step of the stage that installs.
    UninstallInInstallStage,
    /// Sets owner or mode while copying.
    SetWhileCopying,
    /// Sets owner or mode in the instruction that creates the files.
    SetInSameInstruction,
    /// Changes only the directory.
    ChangeDirectoryOnly,
    /// Mounts files for the instruction that needs them.
    BindMount,
    /// Runs the service as the user that exists.
    UseExistingUser,
    /// Creates a user, and runs the service as that user.
    CreateUser,
    /// Mounts a secret for one instruction.
    MountSecret,
    /// Clears the setuid and setgid bits in the instruction that creates the files.
    ClearSetuid,
    /// Makes the bits ineffective.
    NoNewPrivileges,
    /// Shows which packages need the Python of the distribution.
    ShowPythonUsers,
    /// Merges copies in the lock file.
    Dedupe,
    /// Gives each service a separate stage.
    SeparateStages,
    /// Builds each service from its stage.
    BuildFromStages,
    /// Pins the base image to the one that this image was built on.
    PinBase,
    /// Shows the digest of the base image.
    ShowBaseDigest,
    /// Links the copies instead of making them.
    LinkInsteadOfCopy,
    /// Shows what would be left without some packages.
    ShowWithout,
    /// Installs without some packages.
    InstallWithout,
    /// Removes packages from the list of requirements.
    RemoveRequirements,
}

/// Where PyTorch is configured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TorchPlace {
    /// In the instruction that installs it.
    Instruction,
    /// In `pyproject.toml`.
    Pyproject,
    /// In an instruction before the other requirements are installed.
    BeforeRequirements,
}
