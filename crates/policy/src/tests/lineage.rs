//! What is seen of what is computed.

use super::shop::Shop;

#[test]
fn copied_derived_and_opaque() {
    let shop = Shop::with_packs();
    let check = |who: &str, outputs: &str, expected: &str| {
        shop.check(who, &format!("select {outputs}"), expected);
    };
    check(
        "sam@prod",
        "out:customers.email",
        "allow | partial pii.email !",
    );
    check(
        "sam@prod",
        "out~customers.email",
        "allow | redacted pii.email !",
    );
    check(
        "sam@prod",
        "out~customers.email,customers.id",
        "allow | redacted pii.email !",
    );
    check(
        "sam@prod",
        "out~customers.email,customers.ssn",
        "allow | redacted pii.ssn !",
    );
    check("sam@prod", "out~customers.id,orders.total", "allow | clear");
    check("sam@prod", "out~", "allow | clear");
    check("sam@prod", "out?customers.id", "allow | redacted unknown !");
    check(
        "dana@prod",
        "out~customers.email",
        "allow | clear pii.email",
    );
    check("dana@prod", "out?customers.id", "allow | clear unknown");
    check(
        "dba-bot@prod",
        "out~customers.email",
        "allow | redacted pii.email !",
    );
    // A copy is of one column: anything else is not believed.
    check(
        "sam@prod",
        "out:customers.email,customers.phone",
        "allow | redacted pii.email !",
    );
}

#[test]
fn results_of_unknown_shape() {
    let shop = Shop::with_packs();
    shop.check(
        "sam@prod",
        "explain unknown~customers.email",
        "allow | every redacted pii.email !",
    );
    shop.check(
        "sam@prod",
        "explain unknown:customers.email",
        "allow | every redacted pii.email !",
    );
    shop.check(
        "sam@prod",
        "explain unknown~customers.id",
        "allow | every clear",
    );
    shop.check(
        "sam@prod",
        "explain unknown?",
        "allow | every redacted unknown !",
    );
    shop.check(
        "dana@prod",
        "explain unknown~customers.email",
        "allow | every clear pii.email",
    );
}

#[test]
fn columns_that_nobody_knows() {
    let shop = Shop::with_packs();
    // `fax` is not in the snapshot.
    shop.check(
        "sam@prod",
        "select out:customers.fax",
        "allow | redacted unknown !",
    );
    shop.check("sam@prod", "select filter:customers.fax", "deny !");
    shop.check(
        "dana@prod",
        "select out:customers.fax",
        "allow | clear unknown",
    );
}

#[test]
fn under_several_tags_the_least_is_seen() {
    let mut shop = Shop::with_packs();
    let rule = |tag: &str| crate::LabelRule {
        schema: "public".to_owned(),
        relation: "customers".to_owned(),
        column: "notes".to_owned(),
        tag: Some(tag.parse().unwrap()),
    };
    let what = "select out:customers.notes";
    for (tags, expected) in [
        (vec!["pii.email"], "allow | partial pii.email !"),
        (
            vec!["pii.email", "secret.key"],
            "allow | redacted secret.key !",
        ),
        (
            vec!["secret.key", "pii.email", "pii"],
            "allow | redacted pii !",
        ),
    ] {
        let rules: Vec<_> = tags.iter().map(|tag| rule(tag)).collect();
        shop.labels = crate::Labels::build(&shop.catalog, &rules, &|_, _, _| None).unwrap();
        shop.check("sam@prod", what, expected);
    }
    // A permit to filter by one of the tags is none for the other.
    let open = Shop {
        labels: shop.labels.clone(),
        ..Shop::under(r#"@id("f") permit(principal, action, resource in Tag::"pii");"#)
    };
    open.check("sam@prod", "select filter:customers.notes", "deny !");
}

#[test]
fn prepared_statements_and_settings() {
    let shop = Shop::with_packs();
    shop.check("sam@prod", "execute", "allow");
}
