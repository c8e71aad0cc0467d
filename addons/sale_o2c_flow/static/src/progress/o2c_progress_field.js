import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

const ICONS = {
    todo: "fa-circle-o",
    active: "fa-dot-circle-o",
    done: "fa-check-circle",
    alert: "fa-exclamation-circle",
};

/** The path of an order, from approval to invoice, as one line of stages. */
export class O2cProgressField extends Component {
    static template = "sale_o2c_flow.ProgressField";
    static props = {...standardFieldProps};

    get stages() {
        const stateNames = {
            todo: _t("not started"),
            active: _t("under way"),
            done: _t("done"),
            alert: _t("needs attention"),
        };
        return (this.props.record.data[this.props.name] || []).map((stage) => ({
            ...stage,
            icon: ICONS[stage.state],
            stateName: stateNames[stage.state],
        }));
    }
}

registry.category("fields").add("o2c_progress", {
    component: O2cProgressField,
    displayName: _t("Order to Cash Progress"),
    supportedTypes: ["json"],
});
