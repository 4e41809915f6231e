//! Memory that a document may become. A list of `{}` takes three bytes of a file an element, and hundreds in memory.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

thread_local! {
    /// What the document that is read on this thread may still take. Serde hands nothing down to the fields of a
    /// structure, so that this is the only way to one sum for all of them.
    static LEFT: Cell<u64> = const { Cell::new(u64::MAX) };
}

/// Reads a document whose lists take no more than `bytes` of memory together, apart from texts.
pub(crate) fn within<T>(bytes: u64, read: impl FnOnce() -> T) -> T {
    let before = LEFT.replace(bytes);
    let document = read();
    LEFT.set(before);
    document
}

/// Reads a list that pays for its elements.
pub(crate) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(input: D) -> Result<Vec<T>, D::Error> {
    struct Elements<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for Elements<T> {
        type Value = Vec<T>;

        fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
            out.write_str("a list")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Vec<T>, A::Error> {
            let mut list = Vec::new();
            while let Some(element) = elements.next_element()? {
                let left = LEFT.get().checked_sub(size_of::<T>() as u64);
                LEFT.set(
                    left.ok_or_else(|| A::Error::custom("its lists take more memory than a snapshot may"))?,
                );
                list.push(element);
            }
            list.shrink_to_fit();
            Ok(list)
        }
    }

    input.deserialize_seq(Elements(PhantomData))
}

/// Reads a list that pays for its elements, or none.
pub(crate) fn maybe_list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    input: D,
) -> Result<Option<Vec<T>>, D::Error> {
    struct Paid<T>(Vec<T>);

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Paid<T> {
        fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
            list(input).map(Self)
        }
    }

    Ok(Option::<Paid<T>>::deserialize(input)?.map(|list| list.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Runtime;

    #[test]
    fn all_lists_of_a_document_pay_from_one_sum() {
        let json = |states: usize| {
            let container = format!("{{\"states\":[{}]}}", vec!["{}"; states].join(","));
            format!("{{\"containers\":[{}]}}", vec![container; 10].join(","))
        };
        let read = |states, bytes| within(bytes, || serde_json::from_str::<Runtime>(&json(states)));
        let containers = 10 * size_of::<crate::runtime::Container>() as u64;
        let state = size_of::<crate::runtime::ContainerState>() as u64;
        assert!(read(5, containers + 50 * state).is_ok());
        assert!(read(5, containers + 50 * state - 1).is_err());
        assert!(read(6, u64::MAX).is_ok());
        assert_eq!(LEFT.get(), u64::MAX);
    }
}
