from odoo import api, models
from odoo.exceptions import AccessError, LockError, UserError


class O2cProtectedMixin(models.AbstractModel):
    """Documents with fields that only business methods change, one at a time.

    A stored compute or a state is readonly in the views only: an RPC client could
    write it. Records of this mixin refuse such values from anybody who is not
    running as superuser, which our methods do after their own checks.
    """

    _name = "o2c.protected.mixin"
    _description = "Fields changed by business methods only"

    @api.model
    def _o2c_get_protected_fields(self):
        """Return the names of the fields users may not write directly."""
        return frozenset()

    @api.model_create_multi
    def create(self, vals_list):
        model = self._o2c_without_forged_defaults()
        for vals in vals_list:
            model._o2c_check_protected(vals, creating=True)
        return super(O2cProtectedMixin, model).create(vals_list)

    def write(self, vals):
        self._o2c_check_protected(vals)
        return super().write(vals)

    @api.model
    def _o2c_without_forged_defaults(self):
        """Return the model without default values for protected fields: a caller may
        send such along in the context, where no check of values sees them."""
        if self.env.su:
            return self
        forged = {f"default_{name}" for name in self._o2c_get_protected_fields()}
        if forged.isdisjoint(self.env.context):
            return self
        context = {k: v for k, v in self.env.context.items() if k not in forged}
        return self.with_env(self.env(context=context))

    @api.model
    def _o2c_check_protected(self, vals, creating=False):
        if self.env.su:
            return
        refused = self._o2c_get_protected_fields().intersection(vals)
        if creating:
            # Clients send back the defaults they were given.
            defaults = self.default_get(list(refused)) if refused else {}
            refused = {
                name
                for name in refused
                if vals[name] and vals[name] != defaults.get(name)
            }
        if refused:
            labels = sorted(
                self._fields[name]._description_string(self.env) for name in refused
            )
            raise AccessError(
                self.env._(
                    "%(fields)s of %(model)s cannot be changed directly: use the "
                    "buttons of the document, which check who may do so.",
                    fields=labels,
                    model=self.env["ir.model"]._get(self._name).name,
                )
            )

    def _o2c_lock(self):
        """Take the records until the end of the transaction and read them anew.

        Whoever may not write a document may still have to decide about it: callers
        check that themselves.

        :return: the records
        :raise UserError: if somebody else has one of them
        """
        try:
            self.sudo().lock_for_update(allow_referencing=True)
        except LockError as error:
            raise self._o2c_get_lock_error() from error
        self.invalidate_recordset()
        return self

    def _o2c_get_lock_error(self):
        return UserError(
            self.env._(
                "Somebody else is working on %s at this very moment. Reload and "
                "look again.",
                self.mapped("display_name"),
            )
        )
