import {registry} from "@web/core/registry";

const COUNTER = ".o_o2c_approval_counter";

function openInbox(count) {
    return [
        {
            content: "The counter says how many wait, and opens them",
            trigger: `${COUNTER} button:contains('${count}')`,
            run: "click",
        },
    ];
}

registry.category("web_tour.tours").add("o2c_approval_desk", {
    steps: () => [
        ...openInbox(3),
        {
            content: "Open the first",
            trigger: ".o_data_row:contains('Desk Order 1') td[name='partner_id']",
            run: "click",
        },
        {
            content: "Its products are there",
            trigger: "[name='order_line_ids'] .o_data_row:contains('Desk')",
        },
        {
            content: "Ask the salesperson",
            trigger: "button[name='action_open_send_back']",
            run: "click",
        },
        {
            trigger: ".modal [name='question'] textarea",
            run: "edit Why so many?",
        },
        {
            trigger: ".modal button[name='action_ask']",
            run: "click",
        },
        {
            content: "The task stays open and says so",
            trigger: ".alert:contains('has not answered yet')",
        },
        {
            content: "See the order",
            trigger: "button[name='action_open_order']",
            run: "click",
        },
        {
            content: "It says why it waits for me",
            trigger:
                ".alert:contains('Waits for your decision as Order Administration')",
        },
        {
            content: "Approve it there",
            trigger: "button[name='action_o2c_approve']",
            run: "click",
        },
        {
            content: "Nothing of it waits for me any more",
            trigger:
                ".o_form_view:not(:has(button[name='action_o2c_approve'])) [name='o2c_progress']",
        },
        ...openInbox(2),
        {
            content: "Choose all that is left",
            trigger:
                ".o_list_view:not(:has(.o_data_row:contains('Desk Order 1'))) thead .o_list_record_selector input",
            run: "click",
        },
        {
            content: "Approve them at once",
            trigger: ".o_control_panel button[name='action_approve']",
            run: "click",
        },
        {
            trigger: ".o_notification:contains('2 approved')",
        },
        {
            content: "Nothing is left",
            trigger: ".o_view_nocontent:contains('Nothing waits for you')",
        },
        {
            content: "Nor counted",
            trigger: `body:not(:has(${COUNTER} button))`,
        },
    ],
});

registry.category("web_tour.tours").add("o2c_approval_phone", {
    steps: () => [
        ...openInbox(2),
        {
            content: "Approve on the card",
            trigger:
                ".o_kanban_record:contains('Desk Order 1') button[name='action_approve']",
            run: "click",
        },
        {
            content: "Reject the other",
            trigger:
                ".o_kanban_renderer:not(:has(.o_kanban_record:contains('Desk Order 1'))) .o_kanban_record:contains('Desk Order 2') button[name='action_open_reject']",
            run: "click",
        },
        {
            trigger: ".modal .o_radio_item:contains('Not in stock') input",
            run: "click",
        },
        {
            trigger: ".modal [name='comment'] textarea",
            run: "edit Sold out",
        },
        {
            trigger: ".modal button[name='action_reject']",
            run: "click",
        },
        {
            content: "Nothing is left",
            trigger: ".o_view_nocontent:contains('Nothing waits for you')",
        },
    ],
});
