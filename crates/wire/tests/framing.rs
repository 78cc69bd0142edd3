//! Framing: the same bytes give the same frames however the stream is split.

#![allow(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::too_many_lines,
    clippy::unit_arg,
    clippy::unwrap_used,
    reason = "tests may fail loudly, and tables of cases are long"
)]

use bytes::BytesMut;
use proptest::prelude::*;
use wire::frame::{HEADER_LEN, Limits, Run, Scan, Side, Sizes, run, scan};
use wire::{WireError, backend, encode, frontend};

const SIDES: [Side; 2] = [Side::Frontend, Side::Backend];

/// What a reader saw of a stream: its frames, then how it ended.
type Seen = (Vec<Vec<u8>>, Result<usize, WireError>);

/// Feeds `stream` in chunks that end at `cuts` and collects all frames. A reader never looks at a
/// partial frame again before it has the bytes that `scan` asked for.
fn read_all(stream: &[u8], side: Side, limits: &Limits, cuts: &[usize]) -> Seen {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (stream.len() + 1)).collect();
    cuts.push(stream.len());
    cuts.sort_unstable();
    let mut frames = Vec::new();
    let mut start = 0;
    for end in cuts {
        loop {
            match scan(&stream[start..end], side, limits) {
                Ok(Scan::Frame(frame, used)) => {
                    assert_eq!(frame.whole(), &stream[start..start + used]);
                    assert_eq!(frame.body, &stream[start + HEADER_LEN..start + used]);
                    frames.push(frame.whole().to_vec());
                    start += used;
                }
                Ok(Scan::Partial { needed, .. }) => {
                    assert!(needed > end - start, "asks for more than is there");
                    break;
                }
                Err(violation) => return (frames, Err(violation)),
            }
        }
    }
    (frames, Ok(stream.len() - start))
}

/// As `read_all`, taking whole runs of DataRow first.
fn read_by_runs(stream: &[u8], side: Side, limits: &Limits, cut: usize) -> Seen {
    let mut passed = Vec::new();
    let mut start = 0;
    for end in [cut % (stream.len() + 1), stream.len()] {
        loop {
            let input = &stream[start..end];
            let taken = match run(input, side, limits, |tag| tag == backend::tag::DATA_ROW) {
                Ok(run) => run.length,
                Err(violation) => return (passed, Err(violation)),
            };
            passed.extend(frames_of(&input[..taken], side, limits));
            start += taken;
            match scan(&stream[start..end], side, limits) {
                Ok(Scan::Frame(frame, used)) => {
                    passed.push(frame.whole().to_vec());
                    start += used;
                }
                Ok(Scan::Partial { .. }) => break,
                Err(violation) => return (passed, Err(violation)),
            }
        }
    }
    (passed, Ok(stream.len() - start))
}

fn frames_of(run: &[u8], side: Side, limits: &Limits) -> Vec<Vec<u8>> {
    let (frames, left) = read_all(run, side, limits, &[]);
    assert_eq!(left, Ok(0), "a run consists of whole frames");
    frames
}

/// Streams that are mostly frames, with some damage.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let tags = prop::sample::select(b"DDDDTCZdQPBESX\x00\xff1".to_vec());
    let body = prop::collection::vec(any::<u8>(), 0..40);
    let frame =
        (tags, body, prop::option::weighted(0.1, any::<u32>())).prop_map(|(tag, body, lie)| {
            let length = lie.unwrap_or(body.len() as u32 + 4);
            [&[tag][..], &length.to_be_bytes(), &body].concat()
        });
    prop::collection::vec(frame, 0..12).prop_map(|frames| frames.concat())
}

proptest! {
    #[test]
    fn any_split_gives_the_same_frames(
        stream in stream(),
        cuts in prop::collection::vec(any::<usize>(), 0..20),
    ) {
        let limits = Limits::default();
        for side in SIDES {
            let whole = read_all(&stream, side, &limits, &[]);
            prop_assert_eq!(&read_all(&stream, side, &limits, &cuts), &whole);
            let every: Vec<usize> = (0..stream.len()).collect();
            prop_assert_eq!(&read_all(&stream, side, &limits, &every), &whole);
        }
    }

    #[test]
    fn runs_and_single_frames_agree(stream in stream(), cut in any::<usize>()) {
        let limits = Limits::default();
        for side in SIDES {
            let whole = read_all(&stream, side, &limits, &[]);
            prop_assert_eq!(&read_by_runs(&stream, side, &limits, cut), &whole);
        }
    }

    #[test]
    fn random_bytes_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        tag in any::<u8>(),
    ) {
        let limits = Limits::default();
        let framed =
            [&[tag][..], &(bytes.len() as u32 + 4).to_be_bytes(), &bytes].concat();
        for side in SIDES {
            let _ = read_all(&bytes, side, &limits, &[]);
            let Ok(Scan::Frame(frame, _)) = scan(&framed, side, &limits) else { continue };
            match side {
                Side::Frontend => { let _ = frontend::decode(frame); }
                Side::Backend => touch(backend::decode(frame)),
            }
        }
        let _ = wire::startup::scan(&bytes);
    }
}

/// Runs every lazy reader of a message to its end.
fn touch(message: Result<backend::Message<'_>, WireError>) {
    match message {
        Ok(backend::Message::DataRow(row)) => {
            assert!(row.cells().count() <= row.len() + 1);
        }
        Ok(backend::Message::RowDescription(description)) => {
            assert_eq!(description.fields().count(), description.len());
        }
        Ok(backend::Message::ErrorResponse(report)) => {
            let _ = (
                report.sqlstate(),
                report.severity(),
                report.fields().count(),
            );
        }
        Ok(_) | Err(_) => {}
    }
}

#[test]
fn violations_show_as_soon_as_their_bytes_are_there() {
    let limits = Limits::default();
    let cases: &[(Side, &[u8], WireError)] = &[
        (
            Side::Frontend,
            b"\xfe",
            WireError::UnknownTag {
                side: Side::Frontend,
                tag: 0xfe,
            },
        ),
        (
            Side::Frontend,
            b"T",
            WireError::UnknownTag {
                side: Side::Frontend,
                tag: b'T',
            },
        ),
        (
            Side::Backend,
            b"Q\0\0\0\x04",
            WireError::UnknownTag {
                side: Side::Backend,
                tag: b'Q',
            },
        ),
        (
            Side::Frontend,
            b"Q\0\0\0\x03",
            WireError::ShortLength {
                what: "Query",
                length: 3,
                least: 4,
            },
        ),
        (
            Side::Frontend,
            b"Q\xff\xff\xff\xff",
            WireError::TooLong {
                what: "Query",
                length: 0xffff_ffff,
                limit: 16 * 1024 * 1024,
            },
        ),
        (
            Side::Frontend,
            b"S\0\0\x27\x11",
            WireError::TooLong {
                what: "Sync",
                length: 10_001,
                limit: 10_000,
            },
        ),
        (
            Side::Frontend,
            b"p\0\x01\0\0",
            WireError::TooLong {
                what: "PasswordMessage",
                length: 65_536,
                limit: 65_535,
            },
        ),
        (
            Side::Backend,
            b"D\x40\0\0\0",
            WireError::TooLong {
                what: "DataRow",
                length: 1 << 30,
                limit: (1 << 30) - 1,
            },
        ),
        (
            Side::Backend,
            b"T\0\x10\0\x01",
            WireError::TooLong {
                what: "RowDescription",
                length: 1_048_577,
                limit: 1_048_576,
            },
        ),
    ];
    for (side, input, expected) in cases {
        assert_eq!(
            scan(input, *side, &limits),
            Err(expected.clone()),
            "{input:?}"
        );
        assert_eq!(
            run(input, *side, &limits, |_| true),
            if input.len() < HEADER_LEN {
                Ok(Run::default())
            } else {
                Err(expected.clone())
            },
        );
    }
}

#[test]
fn a_large_frame_is_announced_by_its_header_alone() {
    let limits = Limits::default();
    let length = 0x3fff_ffff_usize + 1;
    assert_eq!(
        scan(b"D\x3f\xff\xff\xff", Side::Backend, &limits),
        Ok(Scan::Partial {
            needed: length,
            tag: Some(b'D'),
            length: Some(length)
        })
    );
    assert_eq!(
        scan(b"D\x3f", Side::Backend, &limits),
        Ok(Scan::Partial {
            needed: HEADER_LEN,
            tag: Some(b'D'),
            length: None
        })
    );
    assert_eq!(
        scan(b"", Side::Backend, &limits),
        Ok(Scan::Partial {
            needed: HEADER_LEN,
            tag: None,
            length: None
        })
    );
}

#[test]
fn sizes_are_configurable_and_never_over_one_gibibyte() {
    let limits = Limits::new(&Sizes {
        held: 10,
        streamed: usize::MAX,
        ..Sizes::default()
    });
    assert_eq!(limits.of(Side::Frontend, b'Q'), Some(10));
    assert_eq!(limits.of(Side::Backend, b'D'), Some((1 << 30) - 1));
    assert_eq!(limits.of(Side::Backend, b'Q'), None);
    let mut out = BytesMut::new();
    encode::query(&mut out, b"select 1").unwrap();
    assert_eq!(
        scan(&out, Side::Frontend, &limits),
        Err(WireError::TooLong {
            what: "Query",
            length: 13,
            limit: 10
        })
    );
}

#[test]
fn known_types_are_those_with_a_limit() {
    let limits = Limits::default();
    for tag in 0..=u8::MAX {
        assert_eq!(
            limits.of(Side::Frontend, tag).is_some(),
            frontend::is_known_tag(tag)
        );
        assert_eq!(
            limits.of(Side::Backend, tag).is_some(),
            backend::is_known_tag(tag)
        );
    }
    assert_eq!(
        (0..=u8::MAX)
            .filter(|&tag| frontend::is_known_tag(tag))
            .count(),
        14
    );
    assert_eq!(
        (0..=u8::MAX)
            .filter(|&tag| backend::is_known_tag(tag))
            .count(),
        24
    );
}

#[test]
fn a_run_ends_before_what_is_not_kept() {
    let limits = Limits::default();
    let mut out = BytesMut::new();
    encode::data_row(&mut out, [Some(&b"1"[..]), None]).unwrap();
    encode::data_row(&mut out, [Some(&b"2"[..]), None]).unwrap();
    let rows = out.len();
    encode::command_complete(&mut out, b"SELECT 2").unwrap();
    let keep = |tag| tag == backend::tag::DATA_ROW;
    assert_eq!(
        run(&out, Side::Backend, &limits, keep),
        Ok(Run {
            length: rows,
            frames: 2
        })
    );
    assert_eq!(
        run(&out[..rows - 1], Side::Backend, &limits, keep),
        Ok(Run {
            length: rows / 2,
            frames: 1
        })
    );
    // A violation after a run belongs to the next call.
    out.truncate(rows);
    out.extend_from_slice(b"D\0\0\0\0");
    assert_eq!(
        run(&out, Side::Backend, &limits, keep),
        Ok(Run {
            length: rows,
            frames: 2
        })
    );
    assert!(run(&out[rows..], Side::Backend, &limits, keep).is_err());
}
