//! Which cryptography TLS uses.

/// Makes ring what TLS of this process uses, unless something has been chosen already.
pub(super) fn use_ring() {
    // An error says that it has been chosen.
    drop(rustls::crypto::ring::default_provider().install_default());
}
