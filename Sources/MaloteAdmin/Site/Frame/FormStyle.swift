// How forms look whose fields follow what is chosen; knows no form's meaning.

/// Fields that do not fit are hidden by the style sheet alone. A browser that cannot do that shows them all, and what
/// does not fit is not sent on.
enum FormStyle {
    static let sheet = """

        fieldset.plain{border:0;padding:0;margin:.75rem 0}fieldset.plain>legend{padding:0}fieldset fieldset{margin:.75rem 0}
        fieldset>.field:last-child,fieldset>.row:last-child>.field{margin-bottom:0}
        .choice{display:grid;grid-template-columns:auto minmax(0,1fr);gap:0 .5rem}.choice .hint{grid-column:2;margin:0}
        .choices{max-height:16rem;overflow-y:auto}.small{font-size:.875rem}
        .steps .alert,.steps .remark{margin:.4rem 0 0}.steps .alert p{margin:0}
        @supports selector(:has(*)){
        form:not(:has(input[value=inbox]:checked)) .for-inbox,form:not(:has(input[value=outbox]:checked)) .for-outbox,
        form:has(input[value=outbox]:checked):not(:has(#auth-true:checked)) .for-login,
        form:not(:has(#proof>[value=stored]:checked)) .for-stored,form:not(:has(#proof>[value=file]:checked)) .for-file,
        form:not(:has(#proof>[value=credential]:checked)) .for-credential,
        form:not(:has(#proof>[value=oauth2]:checked)) .for-oauth2,form:not(:has(#after>[value=move]:checked)) .for-move,
        form:not(:has(#start>[value=since]:checked)) .for-since,
        .step:not(:has(input[value=specific]:checked)) .for-specific,
        .step:not(:has(input[value=own]:checked)) .for-own,.step:not(:has(input[value=template]:checked)) .for-template,
        .step:not(:has([id$=-approval]:checked)) .for-approval{display:none}}
        """
}
