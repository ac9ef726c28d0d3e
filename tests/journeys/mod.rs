//! What readers do on the portal's pages.
