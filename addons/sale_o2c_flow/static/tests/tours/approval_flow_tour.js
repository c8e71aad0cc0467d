import {registry} from "@web/core/registry";

registry.category("web_tour.tours").add("o2c_approval_flow", {
    steps: () => [
        {
            content: "The picture shows stages one after the other",
            trigger:
                ".o_o2c_flow_stage:contains('Order submitted') + .o_o2c_flow_stage [data-step='Order Administration']",
            run: "click",
        },
        {
            content: "and steps side by side",
            trigger:
                ".o_o2c_flow_steps:has([data-step='Finance'] + [data-step='Warehouse'])",
            run: "click",
        },
        {trigger: "button[name=action_open_test]", run: "click"},
        {trigger: ".modal div[name=order_id] input", run: "edit TOUR-1"},
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('TOUR-1')",
            run: "click",
        },
        {
            content: "Each step says whether it is needed",
            trigger:
                ".modal .o_o2c_flow_step[data-step='Finance'][data-state='needed']:contains('every order')",
            run: "click",
        },
        {
            content: "and why it is not",
            trigger:
                ".modal .o_o2c_flow_step[data-step='Director'][data-state='skipped']:contains('Director')",
            run: "click",
        },
        {trigger: ".modal button:contains('Close')", run: "click"},
        {trigger: "body:not(:has(.modal))"},
    ],
});
