//! Headings and captions in the languages of the reports. Names of accounts are the ledger's.

use ledger::account::Lang;

macro_rules! words {
    ($($name:ident = $en:literal, $es:literal, $pt:literal;)*) => {
        /// A heading or caption.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Word { $(
            #[doc = $en]
            $name,
        )* }

        impl Word {
            /// Every word.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The word in a language.
            #[must_use]
            pub fn say(self, lang: Lang) -> &'static str {
                match (self, lang) { $(
                    (Self::$name, Lang::En) => $en,
                    (Self::$name, Lang::Es) => $es,
                    (Self::$name, Lang::Pt) => $pt,
                )* }
            }
        }
    };
}

words! {
    Account = "Account", "Cuenta", "Conta";
    Action = "Action", "Acción", "Ação";
    Actual = "Actual", "Real", "Real";
    Age = "Age (days)", "Antigüedad (días)", "Idade (dias)";
    Amount = "Amount", "Importe", "Valor";
    Application = "Application", "Aplicación", "Aplicação";
    Approved = "Approved", "Aprobado", "Aprovado";
    AsOf = "As of", "Al", "Em";
    BadRows = "Bad rows", "Filas ilegibles", "Linhas ilegíveis";
    Balance = "Balance", "Saldo", "Saldo";
    Balances = "Balances", "Saldos", "Saldos";
    Breaks = "Breaks", "Diferencias", "Divergências";
    Bridge = "From gross to net", "Del bruto al neto", "Do bruto ao líquido";
    ByImport = "Imported", "Importado", "Importado";
    ByPoll = "Searched", "Buscado", "Buscado";
    ByReport = "Reported", "Informado", "Relatado";
    ByResponse = "Fetched", "Consultado", "Consultado";
    ByWebhook = "Webhook", "Webhook", "Webhook";
    Chargebacks = "Chargebacks", "Contracargos", "Estornos de cartão";
    Class = "Class", "Clase", "Classe";
    Code = "Code", "Código", "Código";
    Count = "Count", "Cantidad", "Quantidade";
    Credit = "Credit", "Haber", "Crédito";
    Currency = "Currency", "Moneda", "Moeda";
    DailyBalance = "Available balance by day", "Saldo disponible por día", "Saldo disponível por dia";
    Day = "Day", "Día", "Dia";
    Debit = "Debit", "Debe", "Débito";
    Deliveries = "Deliveries", "Entregas", "Entregas";
    Delta = "Difference", "Diferencia", "Diferença";
    Description = "Description", "Descripción", "Descrição";
    Detail = "Detail", "Detalle", "Detalhe";
    Device = "Device", "Dispositivo", "Dispositivo";
    Differs = "differs", "difiere", "diverge";
    Entry = "Entry", "Asiento", "Lançamento";
    Evidence = "Evidence", "Evidencia", "Evidência";
    Expected = "Expected", "Esperado", "Esperado";
    Expires = "Expires", "Vence", "Vence";
    Explanation = "Explanation", "Explicación", "Explicação";
    External = "Provider or bank", "Proveedor o banco", "Provedor ou banco";
    Fact = "Fact", "Hecho", "Fato";
    Failed = "Failed", "Falló el", "Falhou em";
    Fees = "Fees", "Comisiones", "Tarifas";
    File = "File", "Archivo", "Arquivo";
    Files = "Input files", "Archivos de entrada", "Arquivos de entrada";
    Finding = "Finding", "Hallazgo", "Constatação";
    Gaps = "Gaps", "Faltantes", "Lacunas";
    Generation = "Generation", "Generación", "Geração";
    Grant = "Grant", "Permiso", "Permissão";
    Gross = "Gross", "Bruto", "Bruto";
    Holds = "holds", "cierra", "confere";
    Id = "Id", "Id", "Id";
    Inbox = "Inbox", "Bandeja de entrada", "Caixa de entrada";
    Intents = "In-person charges", "Cobros presenciales", "Cobranças presenciais";
    Internal = "Books", "Libros", "Livros";
    Journal = "Journal", "Diario", "Diário";
    Key = "Key", "Clave", "Chave";
    Kind = "Kind", "Tipo", "Tipo";
    KnownAt = "Known at", "Conocido al", "Conhecido em";
    LastFailure = "Last failure", "Última falla", "Última falha";
    Line = "Line", "Línea", "Linha";
    LostWebhooks = "Lost webhooks", "Webhooks perdidos", "Webhooks perdidos";
    MadeAt = "Made", "Hecho el", "Feito em";
    Matched = "Matched", "Conciliadas", "Conciliadas";
    Message = "Message", "Mensaje", "Mensagem";
    MissingSales = "Missing sales", "Ventas faltantes", "Vendas faltantes";
    Name = "Name", "Nombre", "Nome";
    Net = "Net", "Neto", "Líquido";
    None = "none", "ninguno", "nenhum";
    NotApplied = "Refused or unreadable", "Rechazadas o ilegibles", "Recusadas ou ilegíveis";
    Origin = "Origin", "Origen", "Origem";
    Overdue = "Overdue", "Vencido", "Vencido";
    Payment = "Payment", "Pago", "Pagamento";
    Payments = "Payments", "Pagos", "Pagamentos";
    Period = "Period", "Período", "Período";
    Position = "Position", "Posición", "Posição";
    Progress = "Progress", "Avance", "Andamento";
    Proof = "Proof", "Prueba", "Prova";
    Proofs = "Proofs", "Pruebas", "Provas";
    Reason = "Reason", "Motivo", "Motivo";
    Reconciliation = "Reconciliation", "Conciliación", "Conciliação";
    Reference = "Reference", "Referencia", "Referência";
    Refunded = "Refunded", "Devuelto", "Devolvido";
    Refunds = "Refunds", "Devoluciones", "Devoluções";
    Rejections = "Rejections by class", "Rechazos por clase", "Recusas por classe";
    Renewed = "Renewed", "Renovado el", "Renovado em";
    Result = "Result", "Resultado", "Resultado";
    Retry = "Retry", "Reintento", "Nova tentativa";
    ReturnedCharges = "Charges returned", "Cargos devueltos", "Tarifas devolvidas";
    Rows = "Rows", "Filas", "Linhas";
    Run = "Run", "Corrida", "Execução";
    Scope = "Scope", "Alcance", "Escopo";
    Seller = "Seller", "Vendedor", "Vendedor";
    Severity = "Severity", "Gravedad", "Gravidade";
    Sha256 = "SHA-256", "SHA-256", "SHA-256";
    Source = "Source", "Origen", "Origem";
    SourceId = "Source id", "Id de origen", "Id de origem";
    Standing = "Standing", "Estado", "Situação";
    Statement = "Statement of the available balance", "Extracto del saldo disponible", "Extrato do saldo disponível";
    Status = "Status", "Estado", "Status";
    StatusDetail = "Status detail", "Detalle del estado", "Detalhe do status";
    Stream = "History", "Historia", "Histórico";
    Taxes = "Taxes", "Impuestos", "Impostos";
    Time = "Time", "Hora", "Hora";
    Topic = "Topic", "Tema", "Tópico";
    Total = "Total", "Total", "Total";
    Unread = "Unread", "Sin leer", "Não lidos";
    Verdict = "Verdict", "Veredicto", "Veredito";
    WordOfProvider = "Provider's word", "Palabra del proveedor", "Palavra do provedor";
}

/// The line that ends a list that was cut: how many rows are not shown, and where they are.
#[must_use]
pub fn cut_line(hidden: u64, file: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("… and {hidden} more (see {file})"),
        Lang::Es => format!("… y {hidden} más (véase {file})"),
        Lang::Pt => format!("… e mais {hidden} (veja {file})"),
    }
}

/// The code of a language, as HTML wants it.
#[must_use]
pub fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "en",
        Lang::Es => "es",
        Lang::Pt => "pt",
    }
}
