"""Names of columns and phrases, in a pool for development and another that is held out."""

# type -> telling names, then abbreviated or foreign ones; `words` for text follow.
NAMES = {
    "AR_CUIT": "cuit customer_cuit|cuit_cuil nro_cuit|CUIT", "AU_ABN": "abn supplier_abn|aus_business_no abn_no|ABN",
    "AU_MEDICARE": "medicare_number medicare_card|medicare_no mcare_num|Medicare card", "AU_TFN": "tfn tax_file_number|tfn_no emp_tfn|tax file number",
    "AWS_SECRET_KEY": "aws_secret_access_key aws_secret_key|s3_secret_key aws_sk|aws_secret_access_key",
    "BANK_ACCOUNT": "bank_account account_number|kontonummer acct_no|account number", "BE_NN": "national_register_number rijksregisternummer|nrn numero_national|rijksregisternummer",
    "BG_EGN": "egn citizen_egn|egn_no егн|ЕГН", "BR_CNPJ": "cnpj company_cnpj|nr_cnpj cnpj_forn|CNPJ", "BR_CPF": "cpf customer_cpf|nr_cpf cpf_cliente|CPF",
    "CARD_CVV": "cvv card_cvv|cvc2 security_code|CVV", "CARD_EXPIRY": "card_expiry expiry_date|exp_mmyy cc_exp|expires", "CA_SIN": "sin social_insurance_number|sin_no emp_sin|SIN",
    "CH_AHV": "ahv_number social_security|ahv_nr no_avs|AHV-Nummer", "CL_RUT": "rut customer_rut|rut_cliente nro_rut|RUT", "CN_RESIDENT_ID": "resident_id id_card|shenfenzheng 身份证号|身份证",
    "CREDIT_CARD": "credit_card card_number|cc_num kreditkarte|card", "CRYPTO_ADDRESS": "wallet_address btc_address|wallet payout_addr|wallet", "CZ_RC": "rodne_cislo birth_number|rc rodne_c|rodné číslo",
    "DATE_OF_BIRTH": "date_of_birth birth_date|dob geburtsdatum|born on", "DE_TAX_ID": "tax_id_de steuer_id|idnr steuerident|Steuer-ID", "DK_CPR": "cpr_number cpr|cpr_nr personnr_dk|CPR-nummer",
    "EMAIL_ADDRESS": "email customer_email|e_mail correo|mail", "ES_NIE": "nie nie_number|num_nie nie_extranjero|NIE", "ES_NIF": "nif dni|num_dni nif_cliente|DNI", "EU_VAT": "vat_number vat_id|ust_id tva_intra|VAT",
    "FI_HETU": "hetu henkilotunnus|hetu_no personal_identity_code|henkilötunnus", "FR_NIR": "nir social_security_number_fr|num_secu no_nir|numéro de sécurité sociale", "GEO_COORDINATES": "coordinates location_coordinates|latlng gps_pos|position",
    "HK_HKID": "hkid hkid_number|hkid_no hk_identity_card|HKID", "IBAN": "iban bank_iban|iban_nr konto_iban|IBAN", "IE_PPS": "pps_number ppsn|pps_no ppsn_emp|PPS number", "IL_ID": "teudat_zehut israeli_id|tz_num mispar_zehut|teudat zehut",
    "IMEI": "imei device_imei|imei_no handset_imei|IMEI", "IN_AADHAAR": "aadhaar aadhaar_number|uid_aadhar aadhaar_no|Aadhaar", "IN_GSTIN": "gstin gst_number|gst_no gstin_supplier|GSTIN", "IN_PAN": "pan_number pan_card|pan_no it_pan|PAN card",
    "IP_ADDRESS": "ip_address client_ip|ip_addr remote_addr|from", "IT_FISCAL_CODE": "codice_fiscale fiscal_code|cod_fisc cf_cliente|codice fiscale", "JP_MY_NUMBER": "my_number individual_number|kojin_bango マイナンバー|マイナンバー",
    "KR_RRN": "rrn resident_registration_number|jumin_no 주민등록번호|주민등록번호", "MAC_ADDRESS": "mac_address device_mac|mac_addr hwaddr|MAC", "MX_CURP": "curp customer_curp|curp_no clave_curp|CURP", "NL_BSN": "bsn burgerservicenummer|bsn_nr sofinummer|BSN",
    "NO_FODSELSNUMMER": "fodselsnummer national_id_no|fnr fodselsnr|fødselsnummer", "PASSWORD": "password user_password|passwort pwd|password", "PERSON": "full_name customer_name|ansprechpartner nombre_completo|customer",
    "PHONE_NUMBER": "phone phone_number|tel telefon|call", "PL_PESEL": "pesel customer_pesel|nr_pesel pesel_no|PESEL", "POSTAL_CODE": "postal_code zip_code|plz code_postal|postcode", "PT_NIF": "nif_pt contribuinte|nr_contribuinte num_contrib|contribuinte",
    "RO_CNP": "cnp cod_numeric_personal|nr_cnp cnp_client|CNP", "SECRET": "client_secret api_key|secret_token auth_token|client_secret", "SE_PERSONNUMMER": "personnummer personal_number|personnr pnr|personnummer", "SG_NRIC": "nric nric_fin|nric_no sg_id|NRIC",
    "STREET_ADDRESS": "street_address home_address|strasse direccion|address", "SWIFT_BIC": "swift_code bic|swift_bic bic_code|BIC", "TH_ID": "thai_id national_id_th|thai_citizen_id เลขบัตรประชาชน|เลขประจำตัวประชาชน", "TOTP_SECRET": "totp_secret otp_secret|mfa_seed otpauth_uri|totp",
    "TR_TCKN": "tckn tc_kimlik_no|tc_no kimlik_no|TC kimlik no", "TW_ID": "taiwan_id national_id_tw|tw_id 身分證字號|身分證", "UK_NHS": "nhs_number nhs|nhs_no patient_nhs|NHS number", "UK_NINO": "nino national_insurance_number|ni_number ni_no|National Insurance",
    "UK_SORT_CODE": "sort_code bank_sort_code|sortcode srt_cd|sort code", "USERNAME": "username user_name|login benutzername|username", "US_BANK_ROUTING": "routing_number aba_routing|aba rtn|routing number", "US_DEA": "dea_number dea|dea_no prescriber_dea|DEA number",
    "US_DRIVER_LICENSE": "driver_license drivers_license_number|dl_no lic_num_driver|driver's license", "US_EIN": "ein employer_identification_number|fein ein_no|EIN", "US_ITIN": "itin taxpayer_itin|itin_no us_itin|ITIN", "US_MBI": "mbi medicare_beneficiary_id|mbi_no bene_mbi|MBI",
    "US_NPI": "npi provider_npi|npi_no rendering_npi|NPI", "US_PASSPORT": "passport_number us_passport|passport_no ppt_no|US passport", "US_SSN": "ssn social_security_number|soc_sec_no emp_ssn|SSN", "VIN": "vin vehicle_vin|vin_no chassis_no|VIN", "ZA_ID": "sa_id_number rsa_id|za_id id_no_za|SA ID number",
}
SECRET_NAMES = "api_token access_key|integration_key apikey|token"
ANONYMOUS = [None, "value", "data", "col3", "field_7", "content"]
FREE = ["note", "comment", "description", "body", "message"]

# Sentences with a place for the word that tells ({w}) and the value ({v}); then without the word.
TOLD = {
    "dev": ["Please check {w} {v} before Friday.", "{w}: {v}", "Customer gave us {w} {v} on the phone.", "Update the file, {w} is {v}.", "Neue Angaben: {w} {v}, bitte prüfen.", "Datos nuevos, {w}: {v}."],
    "held": ["We got a letter that names {w} {v}, thanks.", "ticket 18: {w} = {v}", "Merci de corriger {w} : {v}", "The right {w} would be {v}, not the old one.", "Nuovo {w}: {v} grazie", "Hi team, {w} {v} does not load."],
}
UNTOLD = {
    "dev": ["It says {v} on the form.", "Got {v} from them today.", "see {v} please", "2026-03-01 12:00:01 INFO worker handled {v}"],
    "held": ["They wrote {v} in the mail.", "found {v} while cleaning up", "Bitte {v} ansehen", "[warn] 14:02:11 api rejected {v} (retry)"],
}
KEYED = ['{{"{k}": "{v}", "ok": true}}', "{k}={v}", "level=info {k}={v} status=200"]
