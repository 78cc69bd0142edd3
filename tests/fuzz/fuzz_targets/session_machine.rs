#![no_main]
#![allow(dead_code)]

#[path = "../../../crates/session/tests/session/double.rs"]
mod double;
#[path = "../../../crates/session/tests/session/machine.rs"]
mod machine;
#[path = "../../../crates/session/tests/session/messages.rs"]
mod messages;
#[path = "../../../crates/session/tests/session/upstream.rs"]
mod upstream;

libfuzzer_sys::fuzz_target!(|data: &[u8]| double::with_stack(|| machine::session_machine(data)));
