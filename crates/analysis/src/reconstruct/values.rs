//! The parts of a Dockerfile that was made again, and the base image it begins with.

use plimsoll_snapshot::Bytes;

use crate::lines::{Dockerfile, Line, Unfit, names};

/// The Dockerfile of one image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconstruction {
    /// Its parts, from the first line to the last.
    pub parts: Vec<Part>,
}

impl Reconstruction {
    /// The instructions alone, one after the other.
    #[must_use]
    pub fn instructions(&self) -> String {
        let lines = self.parts.iter().filter_map(|part| match part {
            Part::Instruction(line) => Some(format!("{}\n", &**line)),
            Part::Remark(_) => None,
        });
        lines.collect()
    }
}

/// A part of a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// An instruction; two for a variable of the environment.
    Instruction(Line<Dockerfile>),
    /// Something to know of what follows, as a comment.
    Remark(Remark),
}

/// What a comment of the Dockerfile says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The image that the file is of.
    Image {
        /// Its name, or that of the service.
        name: String,
    },
    /// The steps of the base image are left to it.
    Base {
        /// How many layers it has.
        layers: u64,
    },
    /// From here on, sources of the build context have the names that the Dockerfile of the image gave them.
    Context,
    /// The next instruction copies from a place that the history does not name.
    Placeholder {
        /// What has to be put there.
        place: Line<Dockerfile>,
        /// The instruction, as the builder noted it.
        instruction: String,
        /// The files of the layer; absent if its contents were not read.
        holds: Option<(u64, Bytes)>,
    },
    /// The next instruction adds a whole layer, since no instruction is known that makes it.
    Layer {
        /// The archive of the layer.
        place: Line<Dockerfile>,
        /// What the builder noted, if anything.
        instruction: String,
        /// The number of the layer.
        layer: u64,
        /// The files of the layer; absent if its contents were not read.
        holds: Option<(u64, Bytes)>,
    },
    /// The values of these variables are not kept, since they may be secrets: they are arguments of the build.
    Variables {
        /// Their names.
        names: Vec<String>,
    },
    /// The defaults of these arguments are not kept, since they may be secrets.
    Defaults {
        /// Their names.
        names: Vec<String>,
    },
    /// The search path is not kept, and an empty one would break the build.
    SearchPath,
    /// A value was removed from the instruction because it may be a secret.
    Removed,
    /// An instruction or a setting that cannot be repeated.
    LeftOut {
        /// The instruction, as the builder noted it.
        instruction: String,
        /// Why not.
        reason: LeftOut,
    },
    /// How the image is run.
    Settings,
}

/// Why an instruction is not repeated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// A value of it fits into no line.
    Unfit(Unfit),
    /// It acts on images that are built on this one.
    OnBuild,
    /// It is no port.
    Port,
}

/// The base image to build on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// None: every layer is made again.
    Scratch,
    /// An image of this name, which stands for the lowest layers.
    Image(Line<Dockerfile>),
}

impl Base {
    /// An image by its name.
    ///
    /// # Errors
    ///
    /// What is no reference of an image is [`Unfit`].
    pub fn named(reference: &str) -> Result<Self, Unfit> {
        names::image(reference).map(Self::Image)
    }
}
