//! SHA-256 of a stream in pieces: on a separate thread, where there are threads.

pub(crate) use background::Hash;

/// The size of the pieces in which a stream is read and hashed. They have to stay in the cache of the processor
/// between the one who hashes and the one who parses.
pub(crate) const PIECE: usize = 256 << 10;

/// In the page there are no threads: the hash is computed where the bytes are read.
#[cfg(target_family = "wasm")]
mod background {
    use std::sync::Arc;

    use sha2::{Digest as _, Sha256};

    #[derive(Default)]
    pub(crate) struct Hash(Sha256);

    impl Hash {
        pub(crate) fn update(&mut self, piece: &Arc<Vec<u8>>, length: usize) {
            self.0.update(&piece[..length]);
        }

        pub(crate) fn finish(self) -> [u8; 32] {
            self.0.finalize().into()
        }
    }
}

#[cfg(not(target_family = "wasm"))]
mod background {
    use std::sync::Arc;
    use std::sync::mpsc::{SyncSender, sync_channel};
    use std::thread::JoinHandle;

    use sha2::{Digest as _, Sha256};

    use super::PIECE;

    /// How many pieces the parser may be ahead of the hash.
    const AHEAD: usize = 8;

    /// A hash that moves to a thread once a stream turns out to be longer than one piece.
    pub(crate) enum Hash {
        Here(Sha256),
        Away { pieces: SyncSender<(Arc<Vec<u8>>, usize)>, thread: JoinHandle<Sha256> },
    }

    impl Default for Hash {
        fn default() -> Self {
            Self::Here(Sha256::new())
        }
    }

    impl Hash {
        pub(crate) fn update(&mut self, piece: &Arc<Vec<u8>>, length: usize) {
            if let Self::Here(hash) = self {
                if length < PIECE {
                    return hash.update(&piece[..length]);
                }
                *self = Self::send_away(hash.clone());
            }
            if let Self::Away { pieces, .. } = self {
                pieces.send((Arc::clone(piece), length)).expect("the thread ends only when the channel does");
            }
        }

        fn send_away(mut hash: Sha256) -> Self {
            let (pieces, received) = sync_channel::<(Arc<Vec<u8>>, usize)>(AHEAD);
            let thread = std::thread::spawn(move || {
                for (piece, length) in received {
                    hash.update(&piece[..length]);
                }
                hash
            });
            Self::Away { pieces, thread }
        }

        pub(crate) fn finish(self) -> [u8; 32] {
            let hash = match self {
                Self::Here(hash) => hash,
                Self::Away { pieces, thread } => {
                    drop(pieces);
                    thread.join().expect("hashing does not panic")
                }
            };
            hash.finalize().into()
        }
    }
}
