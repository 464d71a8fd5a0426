//! A program as it is read from its bytes: what the cut needs to know of it, and no more.

use std::collections::BTreeMap;

use wasmparser::{
    BinaryReaderError, DataKind, Element, ElementItems, ElementKind, Export, FunctionBody, Global, Import,
    KnownCustom, Name, Operator, Parser, Payload, SectionLimited, Table, TypeRef, TypeSectionReader,
};

/// Why a program could not be cut.
pub(crate) type Outcome<T> = Result<T, String>;

/// A program's sections, in pieces where pieces may go either way.
#[derive(Default)]
pub(crate) struct Program<'a> {
    /// Types of functions.
    pub(crate) types: Option<TypeSectionReader<'a>>,
    /// What it asks of the page.
    pub(crate) imports: Vec<Import<'a>>,
    /// The type of each function, those of the page first.
    pub(crate) functions: Vec<u32>,
    /// How many of the functions are the page's.
    pub(crate) imported: u32,
    /// Its tables.
    pub(crate) tables: Vec<Table<'a>>,
    /// Its memories as they were read.
    pub(crate) memories: Vec<wasmparser::MemoryType>,
    /// Its globals.
    pub(crate) globals: Vec<Global<'a>>,
    /// What the page may ask of it.
    pub(crate) exports: Vec<Export<'a>>,
    /// Which functions stand in which table from which place on.
    pub(crate) elements: Vec<Entries>,
    /// What its memory begins with: place and bytes.
    pub(crate) data: Vec<(u32, &'a [u8])>,
    /// The functions of its own.
    pub(crate) bodies: Vec<FunctionBody<'a>>,
    /// What its functions are called, as far as that is told.
    pub(crate) names: BTreeMap<u32, String>,
}

/// Functions that stand side by side in a table.
pub(crate) struct Entries {
    /// The table.
    pub(crate) table: u32,
    /// The place of the first.
    pub(crate) first: u32,
    /// The functions.
    pub(crate) functions: Vec<u32>,
}

impl<'a> Program<'a> {
    /// Reads a program.
    pub(crate) fn read(bytes: &'a [u8]) -> Outcome<Self> {
        let mut program = Self::default();
        for payload in Parser::new(0).parse_all(bytes) {
            program.take(payload.map_err(unreadable)?)?;
        }
        Ok(program)
    }

    fn take(&mut self, payload: Payload<'a>) -> Outcome<()> {
        match payload {
            Payload::TypeSection(types) => self.types = Some(types),
            Payload::ImportSection(imports) => {
                self.imports = imports.into_imports().collect::<Result<_, _>>().map_err(unreadable)?;
                for import in &self.imports {
                    match import.ty {
                        TypeRef::Func(ty) => self.functions.push(ty),
                        _ => return Err(format!("it imports `{}`, which is no function", import.name)),
                    }
                }
                self.imported = self.functions.len() as u32;
            }
            Payload::FunctionSection(functions) => self.functions.extend(all(functions)?),
            Payload::TableSection(tables) => self.tables = all(tables)?,
            Payload::MemorySection(memories) => self.memories = all(memories)?,
            Payload::GlobalSection(globals) => self.globals = all(globals)?,
            Payload::ExportSection(exports) => self.exports = all(exports)?,
            Payload::ElementSection(elements) => {
                for element in all(elements)? {
                    self.elements.push(entries(element)?);
                }
            }
            Payload::DataSection(data) => {
                for piece in all(data)? {
                    let DataKind::Active { offset_expr, .. } = piece.kind else {
                        return Err("it has data without a place".to_owned());
                    };
                    self.data.push((constant(&offset_expr)?, piece.data));
                }
            }
            Payload::CodeSectionEntry(body) => self.bodies.push(body),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    for name in names {
                        if let Name::Function(map) = name.map_err(unreadable)? {
                            let named =
                                map.into_iter().map(|name| name.map(|one| (one.index, one.name.to_owned())));
                            self.names = named.collect::<Result<_, _>>().map_err(unreadable)?;
                        }
                    }
                }
            }
            Payload::StartSection { .. } | Payload::TagSection(_) => {
                return Err("it has a section that this chore does not know".to_owned());
            }
            _ => {}
        }
        Ok(())
    }

    /// The functions that a function names: those it calls and those it takes the address of.
    pub(crate) fn named_by(&self, function: u32) -> Outcome<Vec<u32>> {
        let Some(body) = function.checked_sub(self.imported).and_then(|own| self.bodies.get(own as usize)) else {
            return Ok(Vec::new());
        };
        let mut named = Vec::new();
        for operator in body.get_operators_reader().map_err(unreadable)? {
            match operator.map_err(unreadable)? {
                Operator::Call { function_index }
                | Operator::ReturnCall { function_index }
                | Operator::RefFunc { function_index } => named.push(function_index),
                _ => {}
            }
        }
        Ok(named)
    }

    /// A function's name without the hashes of crates.
    pub(crate) fn plain_name(&self, function: u32) -> Option<String> {
        self.names.get(&function).map(|name| without_hashes(name))
    }

    /// The bytes that a function of its own takes.
    pub(crate) fn size_of(&self, function: u32) -> usize {
        let own = function.checked_sub(self.imported).and_then(|own| self.bodies.get(own as usize));
        own.map_or(0, |body| (body.range().end - body.range().start) as usize)
    }
}

fn entries(element: Element<'_>) -> Outcome<Entries> {
    let ElementKind::Active { table_index, offset_expr } = element.kind else {
        return Err("it has a list of functions without a place".to_owned());
    };
    let ElementItems::Functions(functions) = element.items else {
        return Err("it has a table of something else than functions".to_owned());
    };
    Ok(Entries { table: table_index.unwrap_or(0), first: constant(&offset_expr)?, functions: all(functions)? })
}

fn constant(expression: &wasmparser::ConstExpr<'_>) -> Outcome<u32> {
    match expression.get_operators_reader().read().map_err(unreadable)? {
        Operator::I32Const { value } => Ok(value as u32),
        other => Err(format!("a place is not a number but {other:?}")),
    }
}

fn all<'a, T: wasmparser::FromReader<'a>>(section: SectionLimited<'a, T>) -> Outcome<Vec<T>> {
    section.into_iter().collect::<Result<_, _>>().map_err(unreadable)
}

/// The sentence of an error of the reader.
pub(crate) fn unreadable(error: BinaryReaderError) -> String {
    format!("it could not be read: {error}")
}

/// A name without the hashes of crates, which stand in brackets: sixteen digits, or fewer where the first would be noughts.
/// No type in brackets looks like one: `[f64]` is the longest that is all digits of a hash.
pub(crate) fn without_hashes(name: &str) -> String {
    let is_hash = |text: &str| (8..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut plain = String::new();
    let mut parts = name.split('[');
    plain.extend(parts.next());
    for part in parts {
        match part.split_once(']') {
            Some((hash, rest)) if is_hash(hash) => plain.push_str(rest),
            _ => plain.extend(["[", part]),
        }
    }
    plain
}
