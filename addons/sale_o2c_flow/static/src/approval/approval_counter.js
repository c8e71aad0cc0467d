import {Component, onWillUnmount, useState} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {session} from "@web/session";
import {useDebounced} from "@web/core/utils/timing";
import {useService} from "@web/core/utils/hooks";

const INBOX = "sale_o2c_flow.action_o2c_approval_task_mine";
const CHANGED = "o2c.approval/changed";

/**
 * Says how many approvals wait for the user, and opens them.
 */
export class ApprovalCounter extends Component {
    static props = [];
    static template = "sale_o2c_flow.ApprovalCounter";

    setup() {
        this.action = useService("action");
        this.bus = useService("bus_service");
        this.orm = useService("orm");
        this.state = useState({count: 0});
        // Many orders submitted at once are one reason to count.
        const refresh = useDebounced(() => this.count(), 200);
        this.bus.subscribe(CHANGED, refresh);
        onWillUnmount(() => this.bus.unsubscribe(CHANGED, refresh));
        this.count();
    }

    async count() {
        this.state.count = await this.orm.silent.call(
            "o2c.approval.task",
            "get_waiting_count",
            []
        );
    }

    open() {
        this.action.doAction(INBOX, {clearBreadcrumbs: true});
    }
}

registry.category("systray").add(
    "sale_o2c_flow.approvals",
    {
        Component: ApprovalCounter,
        isDisplayed: () => Boolean(session.o2c_approvals),
    },
    {sequence: 21}
);
