use std::fs::File;
use std::io::Write as _;

use audit::{Body, Origin, verify};

use super::*;

fn event(detail: &str) -> Event {
    Event {
        time: jiff::Timestamp::UNIX_EPOCH,
        origin: Origin::default().into(),
        body: Body::Administration {
            action: "start".to_owned(),
            detail: detail.to_owned(),
        },
    }
}

fn records(path: &Path) -> u64 {
    let log = std::fs::read(path).unwrap();
    verify(log.split_inclusive(|byte| *byte == b'\n'))
        .unwrap()
        .records
}

fn open() -> (tempfile::TempDir, AuditLog) {
    let dir = tempfile::tempdir().unwrap();
    let log = AuditLog::open(dir.path()).unwrap();
    (dir, log)
}

#[test]
fn continues_after_a_torn_record() {
    let (dir, log) = open();
    // Longer than one step of the search for the last record, and than the room that is reserved.
    let long = "x".repeat(2 * writer::RESERVE as usize);
    assert!(long.len() as u64 > tail::STEP);
    log.append(&event("first")).unwrap();
    let last = log.append(&event(&long)).unwrap();
    log.commit(last).unwrap();
    let path = log.path().to_owned();
    drop(log);
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"{\"seq\":2,\"prev\":\"half a rec").unwrap();
    drop(file);
    let log = AuditLog::open(dir.path()).unwrap();
    assert_eq!(log.append(&event("second")).unwrap(), RecordId(2));
    log.flush().unwrap();
    assert_eq!(records(&path), 3);
}

#[test]
fn one_writer_at_a_time() {
    let (dir, first) = open();
    assert!(matches!(
        AuditLog::open(dir.path()),
        Err(AuditLogError::InUse(_))
    ));
    drop(first);
    AuditLog::open(dir.path()).unwrap();
}

#[test]
fn a_broken_last_record_is_not_continued() {
    let (dir, log) = open();
    log.append(&event("first")).unwrap();
    let path = log.path().to_owned();
    drop(log);
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.len() - 10;
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    assert!(matches!(
        AuditLog::open(dir.path()),
        Err(AuditLogError::Broken { .. })
    ));
}

#[test]
fn a_commit_writes_what_others_accepted_before() {
    let (_dir, log) = open();
    let first = log.append(&event("first")).unwrap();
    let second = log.append(&event("second")).unwrap();
    let third = log.append(&event("third")).unwrap();
    assert_eq!(records(log.path()), 0);
    log.commit(second).unwrap();
    assert_eq!(records(log.path()), 3);
    log.commit(first).unwrap();
    log.commit(third).unwrap();
    assert_eq!(records(log.path()), 3);
}

#[test]
fn what_cannot_be_reserved_is_not_accepted() {
    let (_dir, log) = open();
    let last = log.append(&event("first")).unwrap();
    log.commit(last).unwrap();
    // Open for reading only: takes neither a reservation nor bytes.
    let sound = std::mem::replace(&mut lock(&log.writer).file, File::open(log.path()).unwrap());
    lock(&log.accepted).room = 0;
    log.append(&event("second")).unwrap_err();
    assert!(log.is_flushed());
    lock(&log.writer).file = sound;
    assert_eq!(log.append(&event("second")).unwrap(), RecordId(1));
    log.flush().unwrap();
    assert_eq!(records(log.path()), 2);
}

#[test]
fn what_cannot_be_written_is_kept_and_written_later() {
    let (_dir, log) = open();
    let first = log.append(&event("first")).unwrap();
    let sound = std::mem::replace(&mut lock(&log.writer).file, File::open(log.path()).unwrap());
    log.commit(first).unwrap_err();
    // The next that needs room is refused as long as nothing can be written.
    lock(&log.accepted).room = 0;
    log.append(&event("second")).unwrap_err();
    lock(&log.writer).file = sound;
    let second = log.append(&event("second")).unwrap();
    log.commit(second).unwrap();
    assert_eq!(records(log.path()), 2);
}

#[test]
fn a_full_disk_refuses() {
    let (_dir, log) = open();
    lock(&log.writer).file = OpenOptions::new().write(true).open("/dev/full").unwrap();
    // A device reserves nothing; writing to it tells that it is full.
    assert_eq!(log.append(&event("first")), Err(SinkError::Full));
}

#[tokio::test]
async fn what_nobody_waits_for_is_written_too() {
    let (_dir, log) = open();
    let log = std::sync::Arc::new(log);
    let flusher = tokio::spawn({
        let log = std::sync::Arc::clone(&log);
        async move { log.keep_flushed().await }
    });
    for count in 1..4 {
        log.append(&event("first")).unwrap();
        while records(log.path()) < count {
            tokio::task::yield_now().await;
        }
    }
    flusher.abort();
}

#[test]
fn many_writers_make_one_chain() {
    let (_dir, log) = open();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..200 {
                    let last = log.append(&event("one of many")).unwrap();
                    log.commit(last).unwrap();
                }
            });
        }
    });
    assert_eq!(records(log.path()), 800);
}
