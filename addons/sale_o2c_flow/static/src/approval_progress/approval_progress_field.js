import {deserializeDateTime} from "@web/core/l10n/dates";
import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {Component} from "@odoo/owl";

const ICONS = {
    waiting: "fa-circle-o",
    pending: "fa-hourglass-half",
    approved: "fa-check-circle",
    rejected: "fa-times-circle",
};
const FACES_SHOWN = 6;

/** The steps of an approval in their sequence; what runs side by side is stacked. */
export class ApprovalProgressField extends Component {
    static template = "sale_o2c_flow.ApprovalProgressField";
    static props = {...standardFieldProps};

    get stages() {
        const stages = this.props.record.data[this.props.name] || [];
        return stages.map((stage) => stage.map((step) => this.prepare(step)));
    }

    prepare(step) {
        return {
            ...step,
            icon: ICONS[step.state],
            ago: step.moment && deserializeDateTime(step.moment).toRelative(),
            faces: step.people.slice(0, FACES_SHOWN).map((person) => ({
                ...person,
                src: `/web/image/res.users/${person.id}/avatar_128`,
                title: person.decision
                    ? _t("%s has decided", person.name)
                    : _t("%s may decide", person.name),
            })),
            others: step.people.slice(FACES_SHOWN),
        };
    }

    names(people) {
        return people.map((person) => person.name).join(", ");
    }
}

registry.category("fields").add("o2c_approval_progress", {
    component: ApprovalProgressField,
    displayName: _t("Approval Steps"),
    supportedTypes: ["json"],
});
