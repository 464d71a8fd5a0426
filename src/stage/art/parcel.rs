//! Messages by shape. All are drawn around (0, 0); the app moves them.

use crate::cluster::snapshot::FlightKind;
use crate::stage::lost::Mark;
use crate::stage::parcel::{Parcel, decides};
use crate::stage::shape::{Pen, Shape, circle, rect};
use crate::stage::text::{Bounds, Label, Tone};

/// The shapes of a message.
pub fn draw(kind: FlightKind) -> Vec<Shape> {
    let pen = || Pen::at(0.0, 0.0, 1.0);
    match kind {
        FlightKind::Request => vec![rect(-11.0, -8.0, 22.0, 16.0, 2.5, "msg full")],
        FlightKind::Reply => vec![
            rect(-11.0, -8.0, 22.0, 16.0, 2.5, "msg hollow"),
            pen().to(-4.0, 0.2).line(-1.0, 3.2).line(4.6, -3.2).shape("msg-mark"),
        ],
        FlightKind::ErrorReply => vec![
            rect(-11.0, -8.0, 22.0, 16.0, 2.5, "msg hollow error"),
            pen().to(-3.5, -3.5).line(3.5, 3.5).to(3.5, -3.5).line(-3.5, 3.5).shape("msg-mark error"),
        ],
        FlightKind::Moved => vec![arrow("msg arrow-full")],
        FlightKind::Ask => vec![notched("msg arrow-hollow")],
        FlightKind::Replication => vec![rect(-7.0, -6.0, 14.0, 12.0, 2.0, "msg full")],
        FlightKind::Ack => vec![rect(-4.0, -3.5, 8.0, 7.0, 1.5, "msg hollow thin")],
        FlightKind::Ping => vec![circle(0.0, 0.0, 4.5, "msg ping")],
        FlightKind::Pong => vec![circle(0.0, 0.0, 4.5, "msg ping"), circle(0.0, 0.0, 1.6, "msg dot")],
        FlightKind::Fail => vec![
            pen().to(0.0, -10.0).line(10.5, 8.0).line(-10.5, 8.0).close().shape("msg alarm"),
            pen().to(0.0, -3.5).line(0.0, 2.2).to(0.0, 5.2).line(0.0, 5.3).shape("alarm-mark"),
        ],
        FlightKind::VoteRequest => vec![
            rect(-10.0, -8.0, 20.0, 16.0, 2.5, "msg hollow"),
            pen().to(0.0, 4.5).line(0.0, -4.0).to(-3.6, -0.6).line(0.0, -4.2).line(3.6, -0.6).shape("msg-mark"),
        ],
        FlightKind::Vote => vec![
            rect(-10.0, -7.0, 20.0, 15.0, 2.0, "msg hollow"),
            rect(-6.0, -9.5, 12.0, 4.0, 1.0, "msg full"),
            pen().to(-3.8, 1.4).line(-1.0, 4.2).line(4.2, -1.6).shape("msg-mark"),
        ],
        FlightKind::Update => vec![
            circle(0.0, 0.0, 7.0, "msg ping"),
            pen().to(0.0, 4.0).line(0.0, -3.4).to(-3.0, -0.6).line(0.0, -3.6).line(3.0, -0.6).shape("msg-mark"),
        ],
        FlightKind::Connection => vec![rect(-3.5, -3.5, 7.0, 7.0, 3.5, "msg ping")],
    }
}

fn arrow(class: &'static str) -> Shape {
    let pen = Pen::at(0.0, 0.0, 1.0).to(-14.0, -4.5).line(0.0, -4.5).line(0.0, -10.0).line(14.0, 0.0);
    pen.line(0.0, 10.0).line(0.0, 4.5).line(-14.0, 4.5).close().shape(class)
}

fn notched(class: &'static str) -> Shape {
    let pen = Pen::at(0.0, 0.0, 1.0).to(-14.0, -4.5).line(0.0, -4.5).line(0.0, -10.0).line(14.0, 0.0);
    pen.line(0.0, 10.0).line(0.0, 4.5).line(-14.0, 4.5).line(-9.0, 0.0).close().shape(class)
}

/// The class of the way a message takes.
pub fn trail(kind: FlightKind) -> &'static str {
    match kind {
        FlightKind::Fail => "trail alarm",
        _ if decides(kind) => "trail control",
        _ => "trail",
    }
}

/// Whether a kind points where it goes.
pub fn points(kind: FlightKind) -> bool {
    matches!(kind, FlightKind::Moved | FlightKind::Ask)
}

/// The pill with the words of a message.
pub fn pill(parcel: &Parcel) -> Vec<Shape> {
    let Some((text, place)) = &parcel.label else {
        return Vec::new();
    };
    let label = Label::caption(text.clone(), place.middle(), place.top + 15, 12).mono().tone(Tone::Inverse);
    vec![
        rect(place.left as f32, place.top as f32, place.width() as f32, place.height() as f32, 11.0, "pill"),
        Shape::Text(label),
    ]
}

/// Where a message was lost: a crossed ring, and the words beside it.
pub fn lost(mark: &Mark) -> Vec<Shape> {
    let (x, y) = (mark.at.0 as f32, mark.at.1 as f32);
    let Bounds { left, top, .. } = mark.card;
    let cross = Pen::at(x, y, 1.0).to(-4.0, -4.0).line(4.0, 4.0).to(4.0, -4.0).line(-4.0, 4.0);
    let mut shapes = vec![
        rect(left as f32, top as f32, mark.card.width() as f32, mark.card.height() as f32, 6.0, "panel"),
        circle(x, y, 10.5, "lost-mark"),
        cross.shape("refused-cross"),
    ];
    shapes.extend(mark.words.iter().cloned().map(Shape::Text));
    shapes
}
