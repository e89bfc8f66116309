//! What a session drew at random and which tensors it printed: what `replay --adopt` needs
//! to give a random tensor the numbers that a transcript shows.

/// A random tensor, right after it was filled. Draws count from 0 in the order of drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// Sizes of the tensor.
    pub shape: Vec<i64>,
    /// The session had set the seed itself: such values can be drawn again and are never adopted.
    pub seeded: bool,
}

/// A tensor whose value was printed.
#[derive(Clone, Debug, PartialEq)]
pub struct Printed {
    /// Sizes of the tensor.
    pub shape: Vec<i64>,
    /// The draw whose elements it shows unchanged, if so.
    pub origin: Option<Origin>,
}

/// Which elements of a draw a printed tensor shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Origin {
    /// Number of the draw.
    pub draw: usize,
    /// Storage position of the printed tensor's first element, from the draw's first element on.
    pub offset: i64,
    /// Strides of the printed tensor, in elements.
    pub strides: Vec<i64>,
}

/// One element that a draw takes from the transcript.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adoption {
    /// Number of the draw.
    pub draw: usize,
    /// Storage position of the element, from the draw's first element on.
    pub element: i64,
    /// The number it takes.
    pub value: f64,
}

/// Everything logged since the last look.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    pub draws: Vec<Draw>,
    pub printed: Vec<Printed>,
}
