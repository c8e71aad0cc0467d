import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

/**
 * The picture of an approval flow: stages one after the other, the steps of a stage side
 * by side. Tested on an order, each step says whether it is needed, and why.
 */
export class O2cApprovalFlowField extends Component {
    static template = "sale_o2c_flow.ApprovalFlowField";
    static props = {...standardFieldProps};

    get picture() {
        return this.props.record.data[this.props.name];
    }

    get stages() {
        return this.picture.stages.map((steps, index) => ({
            index,
            steps,
            label:
                steps.length > 1
                    ? _t("Stage %s, side by side", index + 1)
                    : _t("Stage %s", index + 1),
        }));
    }

    getStateName(step) {
        return {needed: _t("Needed"), skipped: _t("Not needed")}[step.state];
    }

    getFindingName(finding) {
        return finding.holds ? _t("Holds") : _t("Does not hold");
    }
}

registry.category("fields").add("o2c_approval_flow", {
    component: O2cApprovalFlowField,
    displayName: _t("Approval Flow"),
    supportedTypes: ["json"],
});
