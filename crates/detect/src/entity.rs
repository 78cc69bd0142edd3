//! What can be found: the closed list of entity types, each with its name and its tag.

/// Declares [`Entity`] from one row per type: variant, name, tag, rank.
///
/// The rank settles overlaps of equal score and length: a vendor's token beats a generic secret.
macro_rules! entities {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal, $tag:literal, $rank:literal;)*) => {
        /// A type of sensitive value that [`Detector`](crate::Detector) or
        /// [`classify_column`](crate::classify_column) can recognise.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Entity { $($(#[doc = $doc])* $variant,)* }

        impl Entity {
            /// Every type, in declaration order; `entity as usize` is its place here.
            pub const ALL: &'static [Entity] = &[$(Entity::$variant,)*];

            /// The name of the type in capitals, such as `EMAIL_ADDRESS`.
            pub const fn name(self) -> &'static str {
                match self { $(Entity::$variant => $name,)* }
            }

            /// The dotted tag of the type, such as `pii.email`; several secrets share one tag.
            pub const fn tag(self) -> &'static str {
                match self { $(Entity::$variant => $tag,)* }
            }

            /// How much the type says; settles overlaps of equal score and length.
            pub(crate) const fn rank(self) -> u8 {
                match self { $(Entity::$variant => $rank,)* }
            }
        }
    };
}

entities! {
    /// E-mail address (RFC 5321 dot-atom form).
    EmailAddress = "EMAIL_ADDRESS", "pii.email", 2;
    /// Payment card number: issuer range and Luhn digit.
    CreditCard = "CREDIT_CARD", "pii.card", 2;
    /// Telephone number, E.164 or national.
    PhoneNumber = "PHONE_NUMBER", "pii.phone", 1;
    /// United States social security number.
    UsSsn = "US_SSN", "pii.ssn", 2;
    /// International bank account number (ISO 13616).
    Iban = "IBAN", "pii.iban", 2;
    /// IPv4 or IPv6 address.
    IpAddress = "IP_ADDRESS", "pii.ip", 1;
    /// Hardware address, EUI-48 or EUI-64.
    MacAddress = "MAC_ADDRESS", "pii.mac", 2;
    /// Address of a crypto currency: Base58Check, Bech32 or hexadecimal with EIP-55.
    CryptoAddress = "CRYPTO_ADDRESS", "pii.crypto_address", 2;
    /// Magnetic stripe of a payment card (ISO/IEC 7813).
    CardTrack = "CARD_TRACK", "pii.card_security", 3;
    /// Machine-readable zone of a passport or identity card (ICAO 9303).
    Passport = "PASSPORT", "pii.national_id", 2;
    /// Latitude and longitude in decimal degrees, where a word or the column says so.
    GeoCoordinates = "GEO_COORDINATES", "pii.location", 1;
    /// Business identifier code of a bank (ISO 9362), where a word or the column says so.
    SwiftBic = "SWIFT_BIC", "pii.bank_account", 1;
    /// Name of a person; by column only.
    Person = "PERSON", "pii.name", 1;
    /// Street address; by column only.
    StreetAddress = "STREET_ADDRESS", "pii.address", 1;
    /// Postal code; by column only.
    PostalCode = "POSTAL_CODE", "pii.postal_code", 1;
    /// Date of birth; by column only.
    DateOfBirth = "DATE_OF_BIRTH", "pii.birth_date", 1;
    /// Login name; by column only.
    Username = "USERNAME", "pii.username", 0;
    /// JSON web token (RFC 7519) or encryption (RFC 7516).
    Jwt = "JWT", "secret.token", 2;
    /// Private key block in PEM or PGP armour.
    PrivateKey = "PRIVATE_KEY", "secret.key", 3;
    /// Password verifier: crypt, bcrypt, argon2, PBKDF2, SCRAM, PostgreSQL's md5.
    PasswordHash = "PASSWORD_HASH", "secret.password_hash", 2;
    /// The password inside a connection string or URL.
    ConnectionString = "CONNECTION_STRING", "secret.password", 2;
    /// AWS access key id.
    AwsAccessKeyId = "AWS_ACCESS_KEY_ID", "secret.key", 3;
    /// AWS secret access key; by name only.
    AwsSecretKey = "AWS_SECRET_KEY", "secret.key", 1;
    /// GitHub token.
    GithubToken = "GITHUB_TOKEN", "secret.token", 3;
    /// GitLab token.
    GitlabToken = "GITLAB_TOKEN", "secret.token", 3;
    /// Slack token.
    SlackToken = "SLACK_TOKEN", "secret.token", 3;
    /// Slack incoming webhook.
    SlackWebhook = "SLACK_WEBHOOK", "secret.token", 3;
    /// Stripe secret, restricted or webhook key.
    StripeKey = "STRIPE_KEY", "secret.key", 3;
    /// Google API key, OAuth token or client secret.
    GoogleApiKey = "GOOGLE_API_KEY", "secret.key", 3;
    /// OpenAI key.
    OpenaiKey = "OPENAI_KEY", "secret.key", 3;
    /// Anthropic key.
    AnthropicKey = "ANTHROPIC_KEY", "secret.key", 3;
    /// npm token.
    NpmToken = "NPM_TOKEN", "secret.token", 3;
    /// PyPI token.
    PypiToken = "PYPI_TOKEN", "secret.token", 3;
    /// SendGrid key.
    SendgridKey = "SENDGRID_KEY", "secret.key", 3;
    /// Twilio key.
    TwilioKey = "TWILIO_KEY", "secret.key", 3;
    /// Shopify token.
    ShopifyToken = "SHOPIFY_TOKEN", "secret.token", 3;
    /// Hugging Face token.
    HuggingfaceToken = "HUGGINGFACE_TOKEN", "secret.token", 3;
    /// DigitalOcean token.
    DigitaloceanToken = "DIGITALOCEAN_TOKEN", "secret.token", 3;
    /// Databricks token.
    DatabricksToken = "DATABRICKS_TOKEN", "secret.token", 3;
    /// HashiCorp Vault token.
    VaultToken = "VAULT_TOKEN", "secret.token", 3;
    /// Doppler token.
    DopplerToken = "DOPPLER_TOKEN", "secret.token", 3;
    /// Grafana token.
    GrafanaToken = "GRAFANA_TOKEN", "secret.token", 3;
    /// Linear key.
    LinearKey = "LINEAR_KEY", "secret.key", 3;
    /// Notion token.
    NotionToken = "NOTION_TOKEN", "secret.token", 3;
    /// Postman key.
    PostmanKey = "POSTMAN_KEY", "secret.key", 3;
    /// Discord webhook.
    DiscordWebhook = "DISCORD_WEBHOOK", "secret.token", 3;
    /// Telegram bot token.
    TelegramBotToken = "TELEGRAM_BOT_TOKEN", "secret.token", 3;
    /// Azure storage account key.
    AzureStorageKey = "AZURE_STORAGE_KEY", "secret.key", 3;
    /// Seed of time-based one-time passwords (RFC 6238).
    TotpSecret = "TOTP_SECRET", "secret.totp", 2;
    /// Password, by the name before it.
    Password = "PASSWORD", "secret.password", 0;
    /// Any other secret, by the name before it; also Lockgate's own access keys.
    Secret = "SECRET", "secret.token", 0;
}

impl Entity {
    /// The type called `name` (`EMAIL_ADDRESS`); capitals are required.
    pub fn from_name(name: &str) -> Option<Entity> {
        Entity::ALL
            .iter()
            .copied()
            .find(|entity| entity.name() == name)
    }

    /// The type whose format the values of a column tagged `tag` have; `None` for tags without a
    /// format of their own (`pii.gender`) and for unknown tags.
    ///
    /// Where several types share a tag the most general one is meant.
    pub fn from_tag(tag: &str) -> Option<Entity> {
        crate::tags::find(tag).and_then(|row| row.entity)
    }
}
