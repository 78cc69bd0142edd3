//! What must hold for any bytes at all, one function for each decoder.
//!
//! Each takes the bytes of one input and panics when they break an invariant. They run for a fixed
//! number of inputs with the other tests and without end under `tests/fuzz`.

use bytes::BytesMut;
use wire::encode::{self, Binding};
use wire::frame::{Frame, Limits, Scan, Side, scan};
use wire::frontend::{BindNames, LongBind};
use wire::startup::{self, Packet, ScanPacket};
use wire::{WireError, backend, frontend};

/// The packets before the first message: nothing is read beyond what is there, a prefix never says
/// something else than the whole, and what was read can be written again.
pub(crate) fn startup_bytes(data: &[u8]) {
    let whole = startup::scan(data);
    for end in 0..data.len().min(startup::MAX_PACKET_LEN) {
        match startup::scan(&data[..end]) {
            Ok(ScanPacket::Partial { needed }) => {
                assert!(needed > end && needed <= startup::MAX_PACKET_LEN);
            }
            early => assert_eq!(early, whole, "{end} bytes"),
        }
    }
    match whole {
        Ok(ScanPacket::Packet(packet, length)) => {
            assert!(length <= data.len());
            assert_eq!(startup::scan(&data[..length]), whole);
            packet_again(packet);
        }
        Ok(ScanPacket::Partial { needed }) => {
            assert!(needed > data.len() && needed <= startup::MAX_PACKET_LEN);
        }
        Err(_) => {}
    }
}

fn packet_again(packet: Packet<'_>) {
    let Packet::Startup(startup) = packet else {
        return;
    };
    let mut out = BytesMut::new();
    let pairs = || startup.parameters().chain(startup.protocol_options());
    encode::startup(&mut out, startup.version, pairs()).unwrap();
    let Ok(ScanPacket::Packet(Packet::Startup(again), length)) = startup::scan(&out) else {
        panic!("what was written cannot be read");
    };
    assert_eq!(length, out.len());
    assert!(again.parameters().eq(startup.parameters()));
    assert!(again.protocol_options().eq(startup.protocol_options()));
    for (name, value) in startup.parameters() {
        assert_eq!(startup.parameter(name), Some(value));
    }
}

/// A client's messages. The first byte says how long the pieces are in which they come.
pub(crate) fn frontend_stream(data: &[u8]) {
    stream(data, Side::Frontend, |frame, step| {
        let message = frontend::decode(frame);
        if let Ok(message) = message {
            assert_eq!(message.tag(), frame.tag);
            client_again(&message, frame);
        }
        if frame.tag == frontend::tag::BIND {
            long_bind(frame.body, step, &message);
        }
    });
}

/// A server's messages. The first byte says how long the pieces are in which they come.
pub(crate) fn backend_stream(data: &[u8]) {
    stream(data, Side::Backend, |frame, _| {
        if let Ok(message) = backend::decode(frame) {
            assert_eq!(message.tag(), frame.tag);
            server_again(&message, frame);
        }
    });
}

fn stream(data: &[u8], side: Side, mut see: impl FnMut(Frame<'_>, usize)) {
    let Some((&step, stream)) = data.split_first() else {
        return;
    };
    let step = usize::from(step) + 1;
    let whole = frames(stream, side, stream.len().max(1));
    assert_eq!(frames(stream, side, step), whole);
    for frame in &whole.0 {
        let Ok(Scan::Frame(frame, _)) = scan(frame, side, &Limits::default()) else {
            panic!("a frame is no frame by itself");
        };
        see(frame, step);
    }
}

/// The frames of a stream that comes in pieces of this length, and how it ends.
fn frames(stream: &[u8], side: Side, step: usize) -> (Vec<Vec<u8>>, Result<usize, WireError>) {
    let limits = Limits::default();
    let (mut found, mut start, mut end) = (Vec::new(), 0, 0);
    loop {
        match scan(&stream[start..end], side, &limits) {
            Ok(Scan::Frame(frame, used)) => {
                assert!(used <= end - start);
                assert_eq!(frame.whole(), &stream[start..start + used]);
                found.push(frame.whole().to_vec());
                start += used;
            }
            Ok(Scan::Partial {
                needed,
                tag,
                length,
            }) => {
                assert!(needed > end - start);
                let limit = tag.map(|tag| limits.of(side, tag).unwrap());
                assert!(length.is_none_or(|length| length <= limit.unwrap() + 1));
                if end == stream.len() {
                    return (found, Ok(end - start));
                }
                end = stream.len().min(end + step);
            }
            Err(error) => return (found, Err(error)),
        }
    }
}

/// What was read is written as it came.
fn client_again(message: &frontend::Message<'_>, frame: Frame<'_>) {
    use frontend::Message;
    let mut out = BytesMut::new();
    match message {
        Message::Bind(bind) => {
            let formats: Vec<_> = bind.formats.iter().collect();
            let parameters: Vec<_> = bind.parameters.iter().collect();
            let result_formats: Vec<_> = bind.result_formats.iter().collect();
            assert_eq!(parameters.len(), bind.parameters.len());
            let binding = Binding {
                portal: bind.portal,
                statement: bind.statement,
                formats: &formats,
                parameters: &parameters,
                result_formats: &result_formats,
            };
            encode::bind(&mut out, &binding)
        }
        Message::Close(close) => encode::close(&mut out, close.target, close.name),
        Message::CopyData(data) => encode::copy_data(&mut out, data),
        Message::CopyFail(reason) => encode::copy_fail(&mut out, reason),
        Message::Describe(asked) => encode::describe(&mut out, asked.target, asked.name),
        Message::Execute(run) => encode::execute(&mut out, run.portal, run.max_rows),
        Message::Parse(parse) => {
            let types: Vec<_> = parse.parameter_types.iter().collect();
            encode::parse(&mut out, parse.name, parse.text, &types)
        }
        Message::Password(password) => {
            let _ = (password.cleartext(), password.sasl_initial());
            return;
        }
        Message::Query(query) => encode::query(&mut out, query.text),
        Message::FunctionCall(_) => return,
        Message::CopyDone | Message::Flush | Message::Sync | Message::Terminate => {
            assert!(frame.body.is_empty());
            return;
        }
    }
    .unwrap();
    assert_eq!(out, frame.whole());
}

/// A Bind that is read while it goes by is accepted exactly when it is accepted whole.
fn long_bind(body: &[u8], step: usize, whole: &Result<frontend::Message<'_>, WireError>) {
    let Some((names, values)) = BindNames::read(body) else {
        assert!(whole.is_err(), "a Bind without names");
        return;
    };
    let mut long = LongBind::new(values.len());
    let taken = values.chunks(step).try_for_each(|piece| long.take(piece));
    let formats = match values.is_empty() {
        true => long.take(&[]).and_then(|()| long.finish()),
        false => taken.and_then(|()| long.finish()),
    };
    match whole {
        Ok(frontend::Message::Bind(bind)) => {
            assert_eq!(
                (names.portal, names.statement),
                (bind.portal, bind.statement)
            );
            assert_eq!(formats, Ok(bind.result_formats.iter().collect()));
        }
        _ => assert!(formats.is_err(), "accepted in pieces and not whole"),
    }
}

#[allow(clippy::too_many_lines, reason = "one arm for each message")]
fn server_again(message: &backend::Message<'_>, frame: Frame<'_>) {
    use backend::Message;
    let mut out = BytesMut::new();
    match message {
        Message::CommandComplete(complete) => {
            let _ = complete.rows();
            encode::command_complete(&mut out, complete.tag)
        }
        Message::CopyData(data) => encode::copy_data(&mut out, data),
        Message::DataRow(row) => {
            // Its cells are checked as they are read.
            let Ok(cells) = row.cells().collect::<Result<Vec<_>, _>>() else {
                return;
            };
            assert_eq!(cells.len(), row.len());
            encode::data_row(&mut out, cells)
        }
        Message::ErrorResponse(report) => encode::error_response_of(&mut out, report.fields()),
        Message::NoticeResponse(report) => encode::notice_response_of(&mut out, report.fields()),
        Message::NotificationResponse(told) => {
            encode::notification_response(&mut out, told.process_id, told.channel, told.payload)
        }
        Message::ParameterDescription(types) => {
            encode::parameter_description(&mut out, &types.iter().collect::<Vec<_>>())
        }
        Message::ParameterStatus(status) => {
            encode::parameter_status(&mut out, status.name, status.value)
        }
        Message::ReadyForQuery(ready) => {
            encode::ready_for_query(&mut out, ready.status);
            Ok(())
        }
        Message::RowDescription(rows) => {
            assert_eq!(rows.fields().count(), rows.len());
            encode::row_description(&mut out, rows.fields())
        }
        Message::CopyInResponse(copy)
        | Message::CopyOutResponse(copy)
        | Message::CopyBothResponse(copy) => {
            assert_eq!(copy.formats.iter().count(), copy.formats.len());
            return;
        }
        Message::NegotiateProtocolVersion(negotiated) => {
            assert!(negotiated.unrecognised().count() <= frame.body.len());
            return;
        }
        Message::Authentication(backend::Authentication::Sasl { mechanisms }) => {
            assert!(mechanisms.iter().count() <= frame.body.len());
            return;
        }
        Message::Authentication(_)
        | Message::BackendKeyData(_)
        | Message::BindComplete
        | Message::CloseComplete
        | Message::CopyDone
        | Message::EmptyQueryResponse
        | Message::FunctionCallResponse(_)
        | Message::NoData
        | Message::ParseComplete
        | Message::PortalSuspended => return,
    }
    .unwrap();
    assert_eq!(out, frame.whole());
}
