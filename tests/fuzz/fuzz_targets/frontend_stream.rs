#![no_main]

#[path = "../../../crates/wire/tests/fuzz/streams.rs"]
#[allow(dead_code)]
mod streams;

libfuzzer_sys::fuzz_target!(|data: &[u8]| streams::frontend_stream(data));
