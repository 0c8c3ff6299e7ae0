//! No input makes the reader panic, and every error can be shown.

use proptest::prelude::*;

use super::super::{ConfigError, Document};
use super::load;

fn check_shown(error: &ConfigError) {
    let rendered = error.render();
    assert!(rendered.starts_with(&error.to_string()));
    assert!(error.line() >= 1 && error.column() >= 1);
    assert_eq!(rendered.lines().count(), 4, "{rendered:?}");
    assert!(rendered.chars().all(|c| c == '\n' || !c.is_control()), "{rendered:?}");
}

/// Text that is close to a configuration file.
fn nearly_valid() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("version = 1\n".to_owned()),
        Just("[engine]\n".to_owned()),
        Just("[[collector]]\nkind = \"host\"\n".to_owned()),
        Just("[collector.policy]\n".to_owned()),
        Just("[[collector.rules]]\n".to_owned()),
        "(interval|quiet|port|ratio|unit|disks|metric|labels|band|share|\"ä\\\\n\"|[a-z]{1,3})( = |\\.a = )",
        "(-?[0-9]{1,25}|[0-9]{1,3}e[0-9]{1,4}|\"[0-9]{0,3}[a-z]{0,2}\"|true|\\[1, \"a\"\\]|\\{ a = 1 \\}|inf|2026-01-01)\n",
        "[\\PC\n\t\r]{0,8}",
    ];
    proptest::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "(version = 1\n)?[\\PC\n\r\t]{0,200}") {
        if let Err(error) = load(&text) {
            check_shown(&error);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        if let Err(error) = Document::parse_bytes("awatch.toml", &bytes) {
            check_shown(&error);
        }
    }

    #[test]
    fn nearly_valid_files_are_read_or_refused(text in nearly_valid()) {
        if let Err(error) = load(&format!("version = 1\n{text}")) {
            check_shown(&error);
        }
    }

    #[test]
    fn an_error_at_any_key_can_be_shown(text in nearly_valid(), key in "[a-z\\[\\].0-9ä\"]{0,20}") {
        if let Ok(mut document) = Document::parse("awatch.toml", &text) {
            check_shown(&document.root().error_at(&key, "is wrong"));
        }
    }
}

#[test]
fn deep_nesting_is_refused() {
    for text in [format!("[{}a]", "a.".repeat(5000)), format!("a = {}", "[".repeat(5000))] {
        let error = load(&text).expect_err("too deep");
        assert!(error.message().starts_with("not valid TOML: "), "{error}");
        check_shown(&error);
    }
}
