//! Hashes a stream by SHA-256 while it is being read, on a separate thread where there are threads.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use plimsoll_snapshot::Digest;

use crate::hash::{Hash, PIECE};

/// A reader that knows the digest of all it has read.
///
/// It reads pieces and lends them to the hash before it hands them out, so nothing is copied for it.
pub(crate) struct HashingReader<R> {
    inner: R,
    piece: Arc<Vec<u8>>,
    position: usize,
    length: usize,
    total: u64,
    /// Nothing where the digest is not asked for.
    hash: Option<Hash>,
    pool: Vec<Arc<Vec<u8>>>,
}

impl<R: Read> HashingReader<R> {
    pub(crate) fn new(inner: R) -> Self {
        Self { hash: Some(Hash::default()), ..Self::without_hash(inner) }
    }

    /// One that computes no digest.
    pub(crate) fn without_hash(inner: R) -> Self {
        let piece = Arc::new(Vec::new());
        Self { inner, piece, position: 0, length: 0, total: 0, hash: None, pool: Vec::new() }
    }

    /// How many bytes were taken from the inner reader.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// Reads what is left, and gives the digest, if there is one, and the number of bytes of the whole stream.
    pub(crate) fn finish(mut self) -> io::Result<(Option<Digest>, u64)> {
        loop {
            let length = self.fill_buf()?.len();
            if length == 0 {
                return Ok((self.hash.map(|hash| Digest::sha256(hash.finish())), self.total));
            }
            self.consume(length);
        }
    }

    /// A piece that nothing else holds any more.
    fn free_piece(&mut self) -> Arc<Vec<u8>> {
        match self.pool.iter().position(|piece| Arc::strong_count(piece) == 1) {
            Some(index) => self.pool.swap_remove(index),
            None => Arc::new(vec![0; PIECE]),
        }
    }
}

impl<R: Read> BufRead for HashingReader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.position == self.length {
            let mut piece = self.free_piece();
            let buffer = Arc::get_mut(&mut piece).expect("a free piece has one holder");
            let length = read_full(&mut self.inner, buffer)?;
            if let Some(hash) = &mut self.hash {
                hash.update(&piece, length);
            }
            self.total += length as u64;
            (self.position, self.length) = (0, length);
            let used = std::mem::replace(&mut self.piece, piece);
            if !used.is_empty() {
                self.pool.push(used);
            }
        }
        Ok(&self.piece[self.position..self.length])
    }

    fn consume(&mut self, amount: usize) {
        self.position += amount;
    }
}

impl<R: Read> Read for HashingReader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let length = available.len().min(out.len());
        out[..length].copy_from_slice(&available[..length]);
        self.consume(length);
        Ok(length)
    }
}

fn read_full(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut length = 0;
    while length < buffer.len() {
        match reader.read(&mut buffer[length..]) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn the_digest_is_that_of_the_whole_stream() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 20 * PIECE + 7] {
            let bytes: Vec<u8> = (0..length).map(|index| (index % 251).to_le_bytes()[0]).collect();
            let mut reader = HashingReader::new(&bytes[..]);
            let mut half = vec![0; length / 2];
            reader.read_exact(&mut half).unwrap();
            let (digest, total) = reader.finish().unwrap();
            assert_eq!(digest, Some(Digest::sha256(Sha256::digest(&bytes).into())));
            assert_eq!(total, length as u64);
        }
    }
}
