//! Cost of one value, by what is in it.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use detect::{Detector, Hint, Spans, classify_column};
use std::hint::black_box;

const TICKET: &str = "Hello, since the update to version 4.12.1 on 2024-03-18 the export of our monthly \
report fails with error 0x80070057 after about 30 seconds. I have tried it on two machines, the second \
one runs a fresh installation. Could you please look into it before Friday? Best regards from the whole \
finance department in Springfield";

const VALUES: &[(&str, &str)] = &[
    ("word of 9 bytes", "delivered"),
    ("text of 24 bytes", "Leather shoes, size wide"),
    (
        "text of 58 bytes",
        "A solid wooden table for the kitchen, delivered unassembled",
    ),
    (
        "url of 48 bytes",
        "https://www.example.com/products/shoes/leather-b",
    ),
    ("timestamp", "2024-03-18 09:41:27.123456+00"),
    ("uuid", "550e8400-e29b-41d4-a716-446655440000"),
    ("e-mail", "anna.schmidt@example.com"),
    ("card", "4111 1111 1111 1111"),
    ("phone", "+49 30 901820"),
    ("github token", "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"),
    ("ticket of 300 bytes", TICKET),
    (
        "json of 110 bytes",
        r#"{"id":1042,"state":"shipped","items":[{"sku":"A-17","count":2}],"total":59.90,"currency":"EUR","express":false}"#,
    ),
];

fn values(criterion: &mut Criterion) {
    let detector = Detector::new();
    let mut spans = Spans::new();
    let mut group = criterion.benchmark_group("detect");
    for (name, value) in VALUES {
        group.throughput(Throughput::ElementsAndBytes {
            elements: 1,
            bytes: value.len() as u64,
        });
        group.bench_function(BenchmarkId::from_parameter(name), |bencher| {
            bencher.iter(|| {
                detector.detect(black_box(value.as_bytes()), None, &mut spans);
                black_box(spans.len())
            });
        });
    }
    group.finish();
}

fn columns(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("column");
    for name in ["status", "customer_first_name"] {
        group.bench_function(BenchmarkId::new("classify", name), |bencher| {
            bencher.iter(|| classify_column(black_box(name), "text"));
        });
    }
    group.bench_function("hint", |bencher| {
        bencher.iter(|| Hint::for_column(black_box("phone_no")))
    });
    group.finish();
}

criterion_group!(benches, values, columns);
criterion_main!(benches);
