import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {formatFloat} from "@web/views/fields/formatters";
import {parseFloat} from "@web/views/fields/parsers";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

/** A quantity on a card, to be changed there with a thumb. */
export class O2cStepperField extends Component {
    static template = "sale_o2c_flow.StepperField";
    static props = {...standardFieldProps};

    get value() {
        return this.props.record.data[this.props.name] || 0;
    }

    get formatted() {
        return formatFloat(this.value, {trailingZeros: false});
    }

    set(value) {
        return this.props.record.update({[this.props.name]: Math.max(0, value)});
    }

    onChange(ev) {
        let value = this.value;
        try {
            value = parseFloat(ev.target.value || "0");
        } catch {
            // What is no number gives way to what was there.
            ev.target.value = this.formatted;
            return;
        }
        this.set(value);
    }
}

registry.category("fields").add("o2c_stepper", {
    component: O2cStepperField,
    displayName: _t("Quantity with Steps"),
    supportedTypes: ["float"],
});
