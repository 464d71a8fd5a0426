//! Icons as inline SVG. All are decoration: the control they stand in has a name of its own.

use yew::prelude::*;

/// A filled shape in a square of 16.
fn icon(d: &'static str) -> Html {
    drawn("icon", d)
}

/// A shape of strokes in a square of 16.
fn line(d: &'static str) -> Html {
    drawn("icon line", d)
}

fn drawn(class: &'static str, d: &'static str) -> Html {
    html! {
        <svg {class} viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path {d} /></svg>
    }
}

/// A triangle.
pub(super) fn play() -> Html {
    icon("M4 2.5v11l9.5-5.5z")
}

/// Two bars.
pub(super) fn pause() -> Html {
    icon("M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z")
}

/// Two sheets of paper.
pub(super) fn copy() -> Html {
    icon("M5 1.5h8.5v10H11V13H9.5v-3h2.5V3H6.5v1H5zM2.5 5H10v9.5H2.5z")
}

/// A triangle against a bar.
pub(super) fn step() -> Html {
    icon("M3 2.5v11l7.5-5.5zM11 2.5h2.5v11H11z")
}

/// The step, the other way.
pub(super) fn back() -> Html {
    icon("M13 2.5v11L5.5 8zM5 2.5v11H2.5v-11z")
}

/// An arrow that turns back.
pub(super) fn undo() -> Html {
    icon("M6 2 1.5 6 6 10V7.3h3.5a2.6 2.6 0 0 1 0 5.2H5V14h4.5a4.1 4.1 0 0 0 0-8.2H6z")
}

/// The same, forward.
pub(super) fn redo() -> Html {
    icon("m10 2 4.5 4L10 10V7.3H6.5a2.6 2.6 0 0 0 0 5.2H11V14H6.5a4.1 4.1 0 0 1 0-8.2H10z")
}

/// A flame.
pub(super) fn flame() -> Html {
    icon(
        "M8.6 1c.3 2.6 3.9 4.3 3.9 8.1A4.5 4.5 0 0 1 8 14.6a4.5 4.5 0 0 1-4.5-4.6c0-1.7.8-3 1.8-4 .2 1.2.7 1.8 1.4 2C6.4 5.6 7 3 8.6 1z",
    )
}

/// A snowflake of three lines.
pub(super) fn frost() -> Html {
    line("M8 1.5v13M2.4 4.75l11.2 6.5M13.6 4.75l-11.2 6.5")
}

/// A round arrow.
pub(super) fn again() -> Html {
    line("M13 8a5 5 0 1 1-1.6-3.7M11.7 1.6v3h-3")
}

/// A cross.
pub(super) fn close() -> Html {
    line("M3.5 3.5l9 9M12.5 3.5l-9 9")
}

/// A check mark.
pub(super) fn check() -> Html {
    html! {
        <svg class="icon line" viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
            <path d="M3 8.5l3.5 3.5L13 4.5" />
        </svg>
    }
}

/// A half-filled disc: the theme.
pub(super) fn contrast() -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
            <path d="M8 1.5a6.5 6.5 0 1 0 0 13zM8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0z" fill-rule="evenodd" />
        </svg>
    }
}
