//! See the harness: it alone is called, so that nothing else is in the program and slows it down.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| plimsoll_fuzz::zstd::run(data));
