//! Who comes in, and what it is told.

use super::*;

#[tokio::test]
async fn scram_logs_in_and_welcome_hides_the_role() {
    let rules = rules();
    let (outcome, mut client, ()) = visit(&rules, async |client: &mut Client| {
        let parameters = [("user", "ada"), ("database", "shop"), ("datestyle", "ISO")];
        client.startup(Version::V3_2, &parameters).await;
        client
            .scram(PLAIN, key(1).expose(), ChannelBinding::unsupported())
            .await;
    })
    .await;
    assert_eq!(client.heard[0], r#"R:Sasl(["SCRAM-SHA-256"])"#);
    assert_eq!(client.heard[1..], ["R:SaslContinue", "R:SaslFinal", "R:Ok"]);
    let mut leg = session(outcome);
    assert_eq!(leg.actor.principal.name.as_str(), "ada");
    assert_eq!(
        (leg.connection.as_str(), leg.version),
        ("shop", Version::V3_2)
    );
    assert_eq!(leg.settings, [("DateStyle", "ISO".to_owned())]);
    let registry = crate::cancel::CancelRegistry::new();
    let registration = registry
        .register(leg.version, Privacy::Clear, None)
        .unwrap();
    let parameters = [
        ("server_version".to_owned(), "15.18".to_owned()),
        ("session_authorization".to_owned(), "app_role".to_owned()),
    ];
    leg.welcome(parameters.into(), registration.key())
        .await
        .unwrap();
    client.heard.clear();
    client.hear_until("Z").await;
    assert_eq!(
        client.heard,
        [
            "S:server_version=15.18",
            "S:session_authorization=ada",
            "K:32",
            "Z"
        ]
    );
}

#[tokio::test]
async fn who_may_not_come_in_learns_no_more_than_that() {
    let rules = rules();
    let hint = |refusal: &Refusal| refusal.hint.clone().unwrap_or_default();
    for (user, password, reason) in [
        ("ada", key(2).expose().to_owned(), "wrong access key"),
        (
            "bob",
            key(1).expose().to_owned(),
            "principal without access keys",
        ),
        ("nobody", key(1).expose().to_owned(), "unknown principal"),
        ("eve", key(1).expose().to_owned(), "wrong access key"),
    ] {
        let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
            // A database that does not exist changes nothing: that is told later.
            client.login(user, "nowhere", &password).await;
        })
        .await;
        let refusal = refusal(outcome);
        assert_eq!(refusal.reason, reason);
        assert_eq!(refusal.user.as_deref(), Some(user));
        assert!(hint(&refusal).contains("access key"), "{refusal:?}");
        let error = format!("E:FATAL 28P01 password authentication failed for user \"{user}\"");
        assert_eq!(client.heard[1..], ["R:SaslContinue".to_owned(), error]);
    }
    let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
        client.login("eve", "shop", key(2).expose()).await;
    })
    .await;
    let refusal = refusal(outcome);
    assert!(
        client.heard[2].starts_with("E:FATAL 28P01"),
        "{:?}",
        client.heard
    );
    assert!(hint(&refusal).contains("expired"), "{refusal:?}");
}

#[tokio::test]
async fn the_database_is_looked_up_after_authentication_only() {
    let rules = rules();
    let (outcome, client, ()) = visit(&rules, async |client: &mut Client| {
        client.login("ada", "nowhere", key(1).expose()).await;
        client.hear().await;
    })
    .await;
    assert_eq!(refusal(outcome).sqlstate, "3D000");
    assert_eq!(
        client.heard[2..],
        [
            "R:SaslFinal",
            "R:Ok",
            "E:FATAL 3D000 database \"nowhere\" does not exist"
        ]
    );
}

#[tokio::test]
async fn a_real_driver_logs_in() {
    let rules = rules();
    let (near, far) = duplex(64 * 1024);
    let key = key(1);
    let mut config = tokio_postgres::Config::new();
    config
        .user("ada")
        .dbname("shop")
        .password(key.expose())
        .application_name("driver");
    let gate = async {
        let mut leg = session(login(far, &rules).await);
        let registry = crate::cancel::CancelRegistry::new();
        let registration = registry
            .register(leg.version, Privacy::Clear, None)
            .unwrap();
        leg.welcome(
            [("server_version".into(), "15".into())].into(),
            registration.key(),
        )
        .await
        .unwrap();
        leg
    };
    let (leg, connected) = tokio::join!(gate, config.connect_raw(near, tokio_postgres::NoTls));
    let (_client, connection) = connected.unwrap();
    assert_eq!(connection.parameter("server_version"), Some("15"));
    assert_eq!(leg.settings, [("application_name", "driver".to_owned())]);
}
