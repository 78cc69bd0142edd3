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
    /// Name of a person: by column, honorific, label, or a given name and surname of the list.
    Person = "PERSON", "pii.name", 1;
    /// Street address: by column, or a house number beside the words of a street.
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
    /// Identity of the file encryption tool age.
    AgeSecretKey = "AGE_SECRET_KEY", "secret.key", 3;
    /// HubSpot private app token.
    HubspotKey = "HUBSPOT_KEY", "secret.key", 3;
    /// Mailchimp key.
    MailchimpKey = "MAILCHIMP_KEY", "secret.key", 3;
    /// Square token or secret.
    SquareToken = "SQUARE_TOKEN", "secret.token", 3;
    /// United Kingdom national insurance number.
    UkNino = "UK_NINO", "pii.national_id", 2;
    /// United Kingdom National Health Service number.
    UkNhs = "UK_NHS", "pii.health", 2;
    /// United Kingdom unique taxpayer reference.
    UkUtr = "UK_UTR", "pii.national_id", 2;
    /// German tax identification number.
    DeTaxId = "DE_TAX_ID", "pii.national_id", 2;
    /// German identity card or passport number.
    DeIdCard = "DE_ID_CARD", "pii.national_id", 2;
    /// German pension insurance number.
    DeSvnr = "DE_SVNR", "pii.national_id", 2;
    /// Austrian social insurance number.
    AtSvnr = "AT_SVNR", "pii.national_id", 2;
    /// Swiss social insurance number.
    ChAhv = "CH_AHV", "pii.national_id", 2;
    /// French social security number.
    FrNir = "FR_NIR", "pii.national_id", 2;
    /// French register number of a firm.
    FrSiren = "FR_SIREN", "pii.national_id", 2;
    /// French register number of an establishment.
    FrSiret = "FR_SIRET", "pii.national_id", 2;
    /// Spanish tax number of a citizen (DNI).
    EsNif = "ES_NIF", "pii.national_id", 2;
    /// Spanish number of a foreigner.
    EsNie = "ES_NIE", "pii.national_id", 2;
    /// Spanish tax number of a firm.
    EsCif = "ES_CIF", "pii.national_id", 2;
    /// Italian fiscal code.
    ItFiscalCode = "IT_FISCAL_CODE", "pii.national_id", 2;
    /// Italian VAT number without its prefix.
    ItPiva = "IT_PIVA", "pii.national_id", 2;
    /// Portuguese tax number.
    PtNif = "PT_NIF", "pii.national_id", 2;
    /// Dutch citizen service number.
    NlBsn = "NL_BSN", "pii.national_id", 2;
    /// Belgian national number.
    BeNn = "BE_NN", "pii.national_id", 2;
    /// Irish personal public service number.
    IePps = "IE_PPS", "pii.national_id", 2;
    /// Swedish personal identity number.
    SePersonnummer = "SE_PERSONNUMMER", "pii.national_id", 2;
    /// Norwegian birth number.
    NoFodselsnummer = "NO_FODSELSNUMMER", "pii.national_id", 2;
    /// Danish civil registration number.
    DkCpr = "DK_CPR", "pii.national_id", 2;
    /// Finnish personal identity code.
    FiHetu = "FI_HETU", "pii.national_id", 2;
    /// Estonian personal code.
    EeIk = "EE_IK", "pii.national_id", 2;
    /// Lithuanian personal code.
    LtAk = "LT_AK", "pii.national_id", 2;
    /// Latvian personal code.
    LvPk = "LV_PK", "pii.national_id", 2;
    /// Polish population register number.
    PlPesel = "PL_PESEL", "pii.national_id", 2;
    /// Polish tax number.
    PlNip = "PL_NIP", "pii.national_id", 2;
    /// Polish register number of a firm.
    PlRegon = "PL_REGON", "pii.national_id", 2;
    /// Czech birth number.
    CzRc = "CZ_RC", "pii.national_id", 2;
    /// Slovak birth number.
    SkRc = "SK_RC", "pii.national_id", 2;
    /// Romanian personal numeric code.
    RoCnp = "RO_CNP", "pii.national_id", 2;
    /// Bulgarian unified civil number.
    BgEgn = "BG_EGN", "pii.national_id", 2;
    /// Greek social security number.
    GrAmka = "GR_AMKA", "pii.national_id", 2;
    /// Hungarian social security number.
    HuTaj = "HU_TAJ", "pii.national_id", 2;
    /// Croatian personal identification number.
    HrOib = "HR_OIB", "pii.national_id", 2;
    /// Slovene, Serbian, Bosnian or Macedonian citizen number.
    SiEmso = "SI_EMSO", "pii.national_id", 2;
    /// Turkish citizen number.
    TrTckn = "TR_TCKN", "pii.national_id", 2;
    /// European VAT number with its prefix.
    EuVat = "EU_VAT", "pii.national_id", 2;
    /// United States individual taxpayer number.
    UsItin = "US_ITIN", "pii.national_id", 2;
    /// United States employer number.
    UsEin = "US_EIN", "pii.national_id", 2;
    /// United States passport number.
    UsPassport = "US_PASSPORT", "pii.national_id", 2;
    /// United States driver licence number.
    UsDriverLicense = "US_DRIVER_LICENSE", "pii.national_id", 2;
    /// Canadian social insurance number.
    CaSin = "CA_SIN", "pii.national_id", 2;
    /// Brazilian taxpayer number of a person.
    BrCpf = "BR_CPF", "pii.national_id", 2;
    /// Brazilian taxpayer number of a firm.
    BrCnpj = "BR_CNPJ", "pii.national_id", 2;
    /// Argentine tax number.
    ArCuit = "AR_CUIT", "pii.national_id", 2;
    /// Chilean tax and identity number.
    ClRut = "CL_RUT", "pii.national_id", 2;
    /// Colombian tax number.
    CoNit = "CO_NIT", "pii.national_id", 2;
    /// Peruvian tax number.
    PeRuc = "PE_RUC", "pii.national_id", 2;
    /// Uruguayan identity number.
    UyCi = "UY_CI", "pii.national_id", 2;
    /// Mexican population register code.
    MxCurp = "MX_CURP", "pii.national_id", 2;
    /// Mexican taxpayer code.
    MxRfc = "MX_RFC", "pii.national_id", 2;
    /// Indian Aadhaar number.
    InAadhaar = "IN_AADHAAR", "pii.national_id", 2;
    /// Indian permanent account number.
    InPan = "IN_PAN", "pii.national_id", 2;
    /// Indian goods and services tax number.
    InGstin = "IN_GSTIN", "pii.national_id", 2;
    /// Indian voter number.
    InVoter = "IN_VOTER", "pii.national_id", 2;
    /// Chinese resident identity number.
    CnResidentId = "CN_RESIDENT_ID", "pii.national_id", 2;
    /// Chinese social credit code of a firm.
    CnUscc = "CN_USCC", "pii.national_id", 2;
    /// Japanese individual number.
    JpMyNumber = "JP_MY_NUMBER", "pii.national_id", 2;
    /// South Korean resident registration number.
    KrRrn = "KR_RRN", "pii.national_id", 2;
    /// Taiwanese identity number.
    TwId = "TW_ID", "pii.national_id", 2;
    /// Hong Kong identity card number.
    HkHkid = "HK_HKID", "pii.national_id", 2;
    /// Singaporean identity number.
    SgNric = "SG_NRIC", "pii.national_id", 2;
    /// Thai identity number.
    ThId = "TH_ID", "pii.national_id", 2;
    /// Malaysian identity card number.
    MyNric = "MY_NRIC", "pii.national_id", 2;
    /// Indonesian identity number.
    IdNik = "ID_NIK", "pii.national_id", 2;
    /// Vietnamese citizen number.
    VnCccd = "VN_CCCD", "pii.national_id", 2;
    /// Israeli identity number.
    IlId = "IL_ID", "pii.national_id", 2;
    /// Identity number of the United Arab Emirates.
    AeEid = "AE_EID", "pii.national_id", 2;
    /// Saudi identity number.
    SaId = "SA_ID", "pii.national_id", 2;
    /// Australian tax file number.
    AuTfn = "AU_TFN", "pii.national_id", 2;
    /// Australian business number.
    AuAbn = "AU_ABN", "pii.national_id", 2;
    /// Australian company number.
    AuAcn = "AU_ACN", "pii.national_id", 2;
    /// Australian Medicare number.
    AuMedicare = "AU_MEDICARE", "pii.health", 2;
    /// New Zealand tax number.
    NzIrd = "NZ_IRD", "pii.national_id", 2;
    /// South African identity number.
    ZaId = "ZA_ID", "pii.national_id", 2;
    /// Egyptian national number.
    EgNid = "EG_NID", "pii.national_id", 2;
    /// Nigerian national identity or bank verification number.
    NgNin = "NG_NIN", "pii.national_id", 2;
    /// United States provider number.
    UsNpi = "US_NPI", "pii.health", 2;
    /// United States Medicare beneficiary number.
    UsMbi = "US_MBI", "pii.health", 2;
    /// United States drug enforcement registration.
    UsDea = "US_DEA", "pii.health", 2;
    /// Medical record number.
    MedicalRecord = "MEDICAL_RECORD", "pii.health", 2;
    /// Diagnosis by the International Classification of Diseases.
    Icd10 = "ICD10", "pii.health", 2;
    /// United States bank routing number.
    UsBankRouting = "US_BANK_ROUTING", "pii.bank_account", 2;
    /// United Kingdom sort code of a bank.
    UkSortCode = "UK_SORT_CODE", "pii.bank_account", 2;
    /// Mexican bank account number.
    MxClabe = "MX_CLABE", "pii.bank_account", 2;
    /// Indian code of a bank's branch.
    InIfsc = "IN_IFSC", "pii.bank_account", 2;
    /// Australian code of a bank's branch.
    AuBsb = "AU_BSB", "pii.bank_account", 2;
    /// Securities number (ISO 6166).
    Isin = "ISIN", "pii.bank_account", 2;
    /// National bank account number.
    BankAccount = "BANK_ACCOUNT", "pii.bank_account", 2;
    /// Code of a bank (ISO 9362).
    SwiftBic = "SWIFT_BIC", "pii.bank_account", 2;
    /// Verification code of a payment card.
    CardCvv = "CARD_CVV", "pii.card_security", 2;
    /// Expiry of a payment card.
    CardExpiry = "CARD_EXPIRY", "pii.card_security", 2;
    /// Secret number of a payment card.
    CardPin = "CARD_PIN", "pii.card_security", 2;
    /// Equipment number of a mobile telephone (3GPP TS 23.003).
    Imei = "IMEI", "pii.device", 2;
    /// Subscriber number of a mobile network (ITU-T E.212).
    Imsi = "IMSI", "pii.device", 2;
    /// Number of a SIM card (ITU-T E.118).
    Iccid = "ICCID", "pii.device", 2;
    /// Vehicle identification number (ISO 3779).
    Vin = "VIN", "pii.vehicle", 2;
    /// Registration plate of a vehicle.
    LicensePlate = "LICENSE_PLATE", "pii.vehicle", 2;
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
