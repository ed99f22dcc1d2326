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
    Advice = "What to do", "Qué hacer", "O que fazer";
    Age = "Age (days)", "Antigüedad (días)", "Idade (dias)";
    AgeInMonths = "Months since start", "Meses desde el inicio", "Meses desde o início";
    Ageing = "Ageing of uncollected charges", "Antigüedad de los cobros impagos", "Idade das cobranças não pagas";
    Amount = "Amount", "Importe", "Valor";
    AmountRetried = "Amount being retried", "Importe en reintento", "Valor em nova tentativa";
    AmountUncollected = "Uncollected amount", "Importe impago", "Valor não pago";
    Application = "Application", "Aplicación", "Aplicação";
    Approved = "Approved", "Aprobado", "Aprovado";
    ApprovedBy = "Approved by", "Aprobado por", "Aprovado por";
    AsOf = "As of", "Al", "Em";
    AskedAt = "Ordered", "Ordenado el", "Ordenado em";
    AskedBy = "Ordered by", "Ordenado por", "Ordenado por";
    Attempts = "Attempts", "Intentos", "Tentativas";
    AvailableLeft = "Available balance left", "Saldo disponible restante", "Saldo disponível restante";
    BadRows = "Bad rows", "Filas ilegibles", "Linhas ilegíveis";
    Balance = "Balance", "Saldo", "Saldo";
    Balances = "Balances", "Saldos", "Saldos";
    Began = "Began", "Iniciadas", "Iniciadas";
    BeganRevenue = "Revenue at start", "Ingreso al inicio", "Receita no início";
    Billed = "Billed", "Facturado", "Faturado";
    Booked = "Booked", "Contabilizado", "Contabilizado";
    Breaks = "Breaks", "Diferencias", "Divergências";
    Bridge = "From gross to net", "Del bruto al neto", "Do bruto ao líquido";
    Bucket = "Days overdue", "Días de mora", "Dias em atraso";
    ByImport = "Imported", "Importado", "Importado";
    ByPoll = "Searched", "Buscado", "Buscado";
    ByReport = "Reported", "Informado", "Relatado";
    ByResponse = "Fetched", "Consultado", "Consultado";
    ByWebhook = "Webhook", "Webhook", "Webhook";
    ByWhom = "By", "Por", "Por";
    CancelledCharges = "Cancelled", "Cancelados", "Canceladas";
    Changes = "Changes", "Cambia", "Muda";
    Channel = "Channel", "Canal", "Canal";
    Chargebacks = "Chargebacks", "Contracargos", "Chargebacks";
    Charges = "Charges", "Cobros", "Cobranças";
    ChargesForecast = "Forecast of charges", "Pronóstico de cobros", "Previsão de cobranças";
    Churn = "Churn", "Bajas", "Cancelamentos";
    ChurnRate = "Subscriber churn (%)", "Tasa de bajas (%)", "Taxa de cancelamento (%)";
    Churned = "Lost subscriptions", "Suscripciones perdidas", "Assinaturas perdidas";
    Class = "Class", "Clase", "Classe";
    Closing = "Closing", "Final", "Final";
    Code = "Code", "Código", "Código";
    Cohort = "Cohort", "Cohorte", "Coorte";
    Cohorts = "Retained subscriptions by cohort", "Suscripciones retenidas por cohorte", "Assinaturas retidas por coorte";
    Collected = "Collected", "Cobrados", "Recebidas";
    CollectedAmount = "Collected amount", "Importe cobrado", "Valor recebido";
    Collection = "Collection of charges", "Cobranza", "Recebimento das cobranças";
    CollectionRate = "Collected of amount (%)", "Cobrado del importe (%)", "Recebido do valor (%)";
    CollectionRateByCount = "Collected of count (%)", "Cobrado de la cantidad (%)", "Recebido da quantidade (%)";
    ColumnOfFile = "Column", "Columna", "Coluna";
    Contraction = "Contraction", "Contracción", "Contração";
    Count = "Count", "Cantidad", "Quantidade";
    Credit = "Credit", "Haber", "Crédito";
    Currency = "Currency", "Moneda", "Moeda";
    DailyBalance = "Available balance by day", "Saldo disponible por día", "Saldo disponível por dia";
    Day = "Day", "Día", "Dia";
    Debit = "Debit", "Debe", "Débito";
    DeclinedBy = "Declined by", "Rechazado por", "Recusado por";
    DeclinedFor = "Declined because", "Rechazado porque", "Recusado porque";
    Deferred = "Deferred revenue", "Ingresos diferidos", "Receita diferida";
    Deliveries = "Deliveries", "Entregas", "Entregas";
    Delta = "Difference", "Diferencia", "Diferença";
    Description = "Description", "Descripción", "Descrição";
    Detail = "Detail", "Detalle", "Detalhe";
    Device = "Device", "Dispositivo", "Dispositivo";
    Differs = "differs", "difiere", "diverge";
    Due = "Due", "Vence el", "Vence em";
    Ended = "Ended", "Fin", "Fim";
    Entry = "Entry", "Asiento", "Lançamento";
    Every = "Every", "Cada", "A cada";
    Evidence = "Evidence", "Evidencia", "Evidência";
    Expansion = "Expansion", "Expansión", "Expansão";
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
    Group = "Group", "Grupo", "Grupo";
    GroupedBy = "By", "Por", "Por";
    Held = "Paid and not returned", "Pagado y no devuelto", "Pago e não devolvido";
    Holds = "holds", "cierra", "confere";
    Id = "Id", "Id", "Id";
    Inbox = "Inbox", "Bandeja de entrada", "Caixa de entrada";
    Intents = "In-person charges", "Cobros presenciales", "Cobranças presenciais";
    Internal = "Books", "Libros", "Livros";
    Invoice = "Invoice", "Factura", "Fatura";
    Invoiced = "Invoiced", "Facturado", "Faturado";
    Journal = "Journal", "Diario", "Diário";
    Key = "Key", "Clave", "Chave";
    Kind = "Kind", "Tipo", "Tipo";
    KnownAt = "Known at", "Conocido al", "Conhecido em";
    LastFailure = "Last failure", "Última falla", "Última falha";
    LastRejection = "Last rejection", "Último rechazo", "Última recusa";
    Line = "Line", "Línea", "Linha";
    LostToChargeback = "Charged back", "Contracargado", "Perdido em chargeback";
    LostWebhooks = "Lost webhooks", "Webhooks perdidos", "Webhooks perdidos";
    MadeAt = "Made", "Hecho el", "Feito em";
    Matched = "Matched", "Conciliadas", "Conciliadas";
    Message = "Message", "Mensaje", "Mensagem";
    MissingSales = "Missing sales", "Ventas faltantes", "Vendas faltantes";
    Method = "Method", "Medio", "Meio";
    Month = "Month", "Mes", "Mês";
    Movements = "Movements of recurring revenue", "Movimientos del ingreso recurrente", "Movimentos da receita recorrente";
    Mrr = "Monthly recurring revenue", "Ingreso recurrente mensual", "Receita recorrente mensal";
    Name = "Name", "Nombre", "Nome";
    Net = "Net", "Neto", "Líquido";
    NetRetention = "Net revenue retention (%)", "Retención neta (%)", "Retenção líquida (%)";
    New = "New", "Nuevas", "Novas";
    NextCharge = "Next charge", "Próximo cobro", "Próxima cobrança";
    None = "none", "ninguno", "nenhum";
    NotApplied = "Refused or unreadable", "Rechazadas o ilegibles", "Recusadas ou ilegíveis";
    Obligations = "Things owed", "Deudas", "Dívidas";
    OpenCharges = "Open", "Abiertos", "Abertas";
    Opening = "Opening", "Inicial", "Inicial";
    Order = "Order", "Orden", "Ordem";
    Orders = "Orders", "Órdenes", "Ordens";
    Origin = "Origin", "Origen", "Origem";
    Overdue = "Overdue", "Vencido", "Vencido";
    Paid = "Paid", "Pagado", "Pago";
    PaidAt = "Paid at", "Pagado el", "Pago em";
    PaidOfThem = "Paid of them", "Pagadas de ellas", "Pagas delas";
    Payment = "Payment", "Pago", "Pagamento";
    Payments = "Payments", "Pagos", "Pagamentos";
    Period = "Period", "Período", "Período";
    Plan = "Plan", "Plan", "Plano";
    Position = "Position", "Posición", "Posição";
    Progress = "Progress", "Avance", "Andamento";
    Proof = "Proof", "Prueba", "Prova";
    Proofs = "Proofs", "Pruebas", "Provas";
    Proposal = "Proposal", "Propuesta", "Proposta";
    Reactivation = "Reactivation", "Reactivación", "Reativação";
    Reason = "Reason", "Motivo", "Motivo";
    Recognised = "Recognised", "Devengado", "Reconhecido";
    Reconciliation = "Reconciliation", "Conciliación", "Conciliação";
    Recovered = "Recovered", "Recuperados", "Recuperadas";
    RecoveredRate = "Recovered (%)", "Recuperados (%)", "Recuperadas (%)";
    Reference = "Reference", "Referencia", "Referência";
    Refund = "Refund", "Devolución", "Devolução";
    Refunded = "Refunded", "Devuelto", "Devolvido";
    Refunds = "Refunds", "Devoluciones", "Devoluções";
    Rejected = "Rejected", "Rechazados", "Recusadas";
    RejectedRate = "Rejected (%)", "Rechazados (%)", "Recusadas (%)";
    Rejections = "Rejections by class", "Rechazos por clase", "Recusas por classe";
    Renewed = "Renewed", "Renovado el", "Renovado em";
    Repeated = "Ordered before", "Ya ordenado", "Já ordenado";
    RepeatedAmount = "Amount ordered before", "Importe ya ordenado", "Valor já ordenado";
    Result = "Result", "Resultado", "Resultado";
    Retained = "Retained", "Retenidas", "Retidas";
    RetainedRate = "Retention (%)", "Retención (%)", "Retenção (%)";
    RetainedRevenue = "Retained revenue", "Ingreso retenido", "Receita retida";
    Retried = "Being retried", "En reintento", "Em nova tentativa";
    Retry = "Retry", "Reintento", "Nova tentativa";
    Returned = "Returned unused", "Devuelto sin usar", "Devolvido sem uso";
    ReturnedCharges = "Charges returned", "Cargos devueltos", "Tarifas devolvidas";
    RevenueChurn = "Revenue churn (%)", "Tasa de ingreso perdido (%)", "Taxa de receita perdida (%)";
    RevenueRetention = "Revenue retention (%)", "Retención de ingreso (%)", "Retenção de receita (%)";
    Rows = "Rows", "Filas", "Linhas";
    RulesAction = "Action by the file", "Acción según el archivo", "Ação pelo arquivo";
    RulesClass = "Class by the file", "Clase según el archivo", "Classe pelo arquivo";
    RulesRetry = "Retry by the file", "Reintento según el archivo", "Nova tentativa pelo arquivo";
    Run = "Run", "Corrida", "Execução";
    Scope = "Scope", "Alcance", "Escopo";
    Seller = "Seller", "Vendedor", "Vendedor";
    Severity = "Severity", "Gravedad", "Gravidade";
    Sha256 = "SHA-256", "SHA-256", "SHA-256";
    Source = "Source", "Origen", "Origem";
    SourceId = "Source id", "Id de origen", "Id de origem";
    Slot = "Number in the calendar", "Número en el calendario", "Número no calendário";
    Stage = "Stage", "Etapa", "Etapa";
    Standing = "Standing", "Estado", "Situação";
    Started = "Started", "Inicio", "Início";
    Statement = "Statement of the available balance", "Extracto del saldo disponible", "Extrato do saldo disponível";
    Status = "Status", "Estado", "Status";
    StatusDetail = "Status detail", "Detalle del estado", "Detalhe do status";
    Stream = "History", "Historia", "Histórico";
    Subscription = "Subscription", "Suscripción", "Assinatura";
    Subscriptions = "Subscriptions", "Suscripciones", "Assinaturas";
    SubscriptionsAtClosing = "Subscriptions at closing", "Suscripciones al final", "Assinaturas no final";
    SubscriptionsAtOpening = "Subscriptions at opening", "Suscripciones al inicio", "Assinaturas no início";
    Taxes = "Taxes", "Impuestos", "Impostos";
    Time = "Time", "Hora", "Hora";
    Title = "Title", "Título", "Título";
    ToRefund = "To refund", "A devolver", "A devolver";
    Topic = "Topic", "Tema", "Tópico";
    Total = "Total", "Total", "Total";
    Uncollected = "Uncollected", "Impagos", "Não pagas";
    Unread = "Unread", "Sin leer", "Não lidos";
    Verdict = "Verdict", "Veredicto", "Veredito";
    Waiting = "For a second person", "Para otra persona", "Para outra pessoa";
    Why = "Why", "Por qué", "Por quê";
    Wish = "Wish", "Pedido", "Pedido";
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
