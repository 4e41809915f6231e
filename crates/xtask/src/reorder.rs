//! Puts functions that are alike next to each other: LZMA then finds what it repeats nearby, and writes shorter distances.
//!
//! The module does the same as before. Only the numbers of its functions change, wherever they are named.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::convert::Infallible;

use wasm_encoder::reencode::{Error as EncodeError, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

use crate::error::Result;

/// The length of the runs of bytes by which functions are compared.
const RUN: usize = 6;
/// One run of this many is looked at: which ones, their bytes decide.
const SAMPLE: u64 = 4;
/// What this many functions have in common is no sign that two of them are alike.
const COMMON: usize = 200;
/// Two functions are alike from this many runs on.
const ALIKE: usize = 2;

/// The module with its functions in an order in which they pack well. The same module always gives the same order.
pub(crate) fn reordered(wasm: &[u8]) -> Result<Vec<u8>> {
    let (mut imports, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    imports += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(&wasm[body.range()]),
            _ => {}
        }
    }
    let order = chain(&bodies);
    let mut numbers: Vec<usize> = (0..imports + order.len()).collect();
    for (place, &function) in order.iter().enumerate() {
        numbers[imports + function] = imports + place;
    }
    let mut module = Module::new();
    Renumbered { order, numbers }.parse_core_module(&mut module, Parser::new(0), wasm)?;
    Ok(module.finish())
}

/// Each function is followed by the one that is most like it of those that are left; where none is, by the longest.
fn chain(bodies: &[&[u8]]) -> Vec<usize> {
    let runs: Vec<Vec<u64>> = bodies.iter().map(|body| runs(body)).collect();
    let mut holders: HashMap<u64, Vec<usize>> = HashMap::new();
    for (function, runs) in runs.iter().enumerate() {
        for &run in runs {
            holders.entry(run).or_default().push(function);
        }
    }
    holders.retain(|_, functions| functions.len() > 1 && functions.len() < COMMON);

    let mut by_length: Vec<usize> = (0..bodies.len()).collect();
    by_length.sort_by_key(|&function| Reverse(bodies[function].len()));
    let mut longest = by_length.into_iter();
    let mut is_placed = vec![false; bodies.len()];
    let mut order = Vec::with_capacity(bodies.len());
    // How many runs each function has in common with the last one.
    let mut common = vec![0; bodies.len()];
    let mut next = longest.next();
    while let Some(function) = next {
        is_placed[function] = true;
        order.push(function);
        let mut found = Vec::new();
        for &other in runs[function].iter().filter_map(|run| holders.get(run)).flatten() {
            if !is_placed[other] {
                common[other] += 1;
                if common[other] == ALIKE {
                    found.push(other);
                }
            }
        }
        let likeness = |other: usize| {
            let shared = common[other];
            (shared * 1_000_000 / (runs[function].len() + runs[other].len() - shared), Reverse(other))
        };
        next = found.into_iter().max_by_key(|&other| likeness(other));
        common.fill(0);
        next = next.or_else(|| longest.find(|&function| !is_placed[function]));
    }
    order
}

/// A sample of the runs of bytes of a function, as hashes (FNV-1a).
fn runs(body: &[u8]) -> Vec<u64> {
    let hash = |run: &[u8]| {
        run.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        })
    };
    let mut runs: Vec<u64> = body.windows(RUN).map(hash).filter(|hash| hash % SAMPLE == 0).collect();
    runs.sort_unstable();
    runs.dedup();
    runs
}

/// Writes a module with its functions in another order.
struct Renumbered {
    /// The functions that the module defines, in their new order.
    order: Vec<usize>,
    /// The new number of each function, imported ones first.
    numbers: Vec<usize>,
}

type Encoded<T = ()> = std::result::Result<T, EncodeError<Infallible>>;

impl Reencode for Renumbered {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Encoded<u32> {
        let number = self.numbers.get(function as usize).and_then(|&number| u32::try_from(number).ok());
        number.ok_or(EncodeError::InvalidCodeSectionSize)
    }

    fn parse_function_section(
        &mut self,
        out: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Encoded {
        let types = section.into_iter().collect::<std::result::Result<Vec<u32>, _>>()?;
        self.order.iter().for_each(|&function| _ = out.function(types[function]));
        Ok(())
    }

    fn parse_code_section(&mut self, out: &mut CodeSection, section: CodeSectionReader<'_>) -> Encoded {
        let bodies = section.into_iter().collect::<std::result::Result<Vec<_>, _>>()?;
        for function in self.order.clone() {
            self.parse_function_body(out, bodies[function].clone())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{ExportKind, ExportSection, Function, Instruction, TypeSection, ValType};

    use super::*;

    /// A module of functions that each add up the numbers of a list, and call the function of a number. The last one is
    /// exported.
    fn module(functions: &[(&[i32], u32)]) -> Vec<u8> {
        let (mut types, mut declared, mut code) =
            (TypeSection::new(), FunctionSection::new(), CodeSection::new());
        types.ty().function([], [ValType::I32]);
        for (numbers, called) in functions {
            declared.function(0);
            let mut function = Function::new([]);
            function.instruction(&Instruction::Call(*called));
            for &number in *numbers {
                function.instruction(&Instruction::I32Const(number)).instruction(&Instruction::I32Add);
            }
            function.instruction(&Instruction::End);
            code.function(&function);
        }
        let mut exports = ExportSection::new();
        let last = u32::try_from(functions.len() - 1).unwrap();
        exports.export("last", ExportKind::Func, last);
        let mut module = Module::new();
        module.section(&types).section(&declared).section(&exports).section(&code);
        module.finish()
    }

    #[test]
    fn functions_that_are_alike_follow_each_other_and_are_called_as_before() {
        let odd: Vec<i32> = (0..400).map(|at| at * 7919 % 100_003).collect();
        let even: Vec<i32> = (0..300).map(|at| at * 104_729 % 90_001).collect();
        let before = module(&[(&odd, 3), (&even, 2), (&even[..280], 1), (&odd[..390], 0)]);
        let after = module(&[(&odd, 1), (&odd[..390], 0), (&even, 3), (&even[..280], 2)]);
        let renamed = reordered(&before).unwrap();
        // The same functions, and the export is the second one now.
        let export = |module: &[u8]| {
            module.windows(6).position(|bytes| bytes == b"\x04last\0").map(|at| module[at + 6])
        };
        assert_eq!((export(&renamed), export(&after)), (Some(1), Some(3)));
        let code = |module: &[u8]| {
            let at = module.windows(6).position(|bytes| bytes == b"\x04last\0").unwrap();
            module[at + 7..].to_vec()
        };
        assert_eq!(code(&renamed), code(&after));
        assert_eq!(reordered(&before).unwrap(), renamed);
    }

    #[test]
    fn what_is_no_module_is_refused() {
        assert!(reordered(b"text").is_err());
    }
}
