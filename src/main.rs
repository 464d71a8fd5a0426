//! Entry of the browser build: hands the page to the app.

fn main() {
    cluster_city::app::run();
}
