import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

/** The rows of a pasted list, each with what it means or what is wrong with it. */
export class O2cPastedRowsField extends Component {
    static template = "sale_o2c_flow.PastedRowsField";
    static props = {...standardFieldProps};

    get rows() {
        const rows = this.props.record.data[this.props.name] || [];
        return rows.map((row) => ({...row, remark: row.problem || row.note}));
    }
}

registry.category("fields").add("o2c_pasted_rows", {
    component: O2cPastedRowsField,
    displayName: _t("Rows of a Pasted List"),
    supportedTypes: ["json"],
});
