//! Calls that name one thing by its id and say nothing else: most that read, some that delete.

/// A call of that kind: its name, method, path, answer and the page with its rules; in braces what differs from
/// other calls.
macro_rules! by_id {
    ($(#[$doc:meta])* $name:ident: $method:ident $template:literal -> $answer:ty, $page:expr, { $($more:tt)* }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Debug)]
        pub struct $name {
            /// Its id.
            pub id: String,
        }

        impl $crate::call::Call for $name {
            type Answer = $answer;

            fn method(&self) -> $crate::call::Method {
                $crate::call::Method::$method
            }

            fn template(&self) -> &'static str {
                $template
            }

            fn path(&self) -> String {
                $template.replace("{id}", &$crate::call::segment(&self.id))
            }

            $($more)*

            fn check(&self) -> Result<(), $crate::invalid::Invalid> {
                $crate::invalid::Field::new("id", $page).filled(&self.id)
            }
        }
    };
}
pub(super) use by_id;
