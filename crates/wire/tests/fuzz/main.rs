//! Any bytes at all: a fixed number of them, the same in every run.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test fails loudly"
)]

mod seeds;
mod streams;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

/// Inputs of each kind: about a second in a debug build.
const INPUTS: u32 = 4_000;

/// Most bytes that reading one input may allocate, the checks and the other tests of this process
/// included. A length that were believed would take up to a gigabyte.
const MOST_ALLOCATED: usize = 64 * 1024 * 1024;

/// What is done to a seed.
#[derive(Debug, Clone)]
enum Damage {
    Set(prop::sample::Index, u8),
    Insert(prop::sample::Index, Vec<u8>),
    Cut(prop::sample::Index, prop::sample::Index),
    Append(prop::sample::Index),
}

fn damage() -> impl Strategy<Value = Damage> {
    let at = any::<prop::sample::Index>;
    let byte = prop_oneof![
        Just(0),
        Just(1),
        Just(4),
        Just(0x7f),
        Just(0xff),
        any::<u8>()
    ];
    prop_oneof![
        3 => (at(), byte).prop_map(|(at, byte)| Damage::Set(at, byte)),
        1 => (at(), prop::collection::vec(any::<u8>(), 1..9)).prop_map(|(at, bytes)| Damage::Insert(at, bytes)),
        1 => (at(), at()).prop_map(|(from, to)| Damage::Cut(from, to)),
        2 => at().prop_map(Damage::Append),
    ]
}

fn damaged(seeds: &[Vec<u8>], seed: prop::sample::Index, damages: Vec<Damage>) -> Vec<u8> {
    let mut bytes = seed.get(seeds).clone();
    for damage in damages {
        let length = bytes.len();
        match damage {
            Damage::Set(at, byte) if length > 0 => bytes[at.index(length)] = byte,
            Damage::Set(..) => {}
            Damage::Insert(at, more) => {
                let at = at.index(length + 1);
                bytes.splice(at..at, more);
            }
            Damage::Cut(from, to) => {
                let (from, to) = (from.index(length + 1), to.index(length + 1));
                bytes.drain(from.min(to)..from.max(to));
            }
            Damage::Append(other) => bytes.extend(other.get(seeds).iter().skip(1)),
        }
    }
    bytes
}

fn run(target: fn(&[u8]), seeds: Vec<Vec<u8>>) {
    for seed in &seeds {
        target(seed);
    }
    let config = Config {
        cases: INPUTS,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let noise = prop::collection::vec(any::<u8>(), 0..200);
    let seed = any::<prop::sample::Index>();
    let known = (seed, prop::collection::vec(damage(), 0..8))
        .prop_map(move |(seed, damages)| damaged(&seeds, seed, damages));
    let inputs = prop_oneof![1 => noise, 4 => known];
    let outcome = TestRunner::new_with_rng(config, random).run(&inputs, |input| {
        let region = Region::new(ALLOCATOR);
        target(&input);
        let allocated = region.change().bytes_allocated;
        prop_assert!(allocated < MOST_ALLOCATED, "{allocated} bytes");
        Ok(())
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn startup_bytes() {
    run(streams::startup_bytes, seeds::startup());
}

#[test]
fn frontend_stream() {
    run(streams::frontend_stream, seeds::frontend());
}

#[test]
fn backend_stream() {
    run(streams::backend_stream, seeds::backend());
}
