import {registry} from "@web/core/registry";
import {stepUtils} from "@web_tour/tour_utils";

const DISCOUNT_ROW = ".o_data_row:contains('Discount')";

function addProduct(name, price) {
    return [
        {
            content: "Add a line",
            trigger: ".o_field_x2many_list_row_add a:contains('Add a product')",
            run: "click",
        },
        {
            content: `Type ${name}`,
            trigger: ".o_selected_row [name='product_template_id'] input",
            run: `edit ${name}`,
        },
        {
            content: `Choose ${name}`,
            trigger: `.o-autocomplete--dropdown-item a:contains('${name}')`,
            run: "click",
        },
        {
            content: `${name} has its price`,
            trigger: `.o_data_row [name='price_subtotal']:contains('${price}')`,
        },
        {
            content: "Leave the line",
            trigger: "a[name='order_lines']",
            run: "click",
        },
        {
            content: "The line is left",
            trigger: ".o_field_widget[name='order_line']:not(:has(.o_selected_row))",
        },
    ];
}

function chooseKind(label) {
    return [
        {
            content: "Open the kinds of discount",
            trigger: "[name='o2c_order_discount_type'] .o_select_menu_toggler",
            run: "click",
        },
        {
            content: `Choose ${label}`,
            trigger: `.o_select_menu_item:contains('${label}')`,
            run: "click",
        },
    ];
}

function typeValue(field, value) {
    return {
        content: `Type ${value}`,
        trigger: `[name='${field}'] input`,
        run: `edit ${value} && click body`,
    };
}

function seeTotal(total) {
    return {
        content: `The order comes to ${total}`,
        trigger: `[name='tax_totals']:contains('${total}')`,
    };
}

registry.category("web_tour.tours").add("o2c_order_discount", {
    steps: () => [
        {
            content: "Choose the customer",
            trigger: "[name='partner_id'] input",
            run: "edit Customer",
        },
        {
            trigger: ".o-autocomplete--dropdown-item a:contains('Customer')",
            run: "click",
        },
        ...addProduct("Desk", "100.00"),
        seeTotal("115.00"),
        ...chooseKind("Agreed total"),
        typeValue("o2c_agreed_total", "111.11"),
        seeTotal("111.11"),
        ...addProduct("Chair", "33.33"),
        {
            content: "Two products and one line of discount",
            trigger:
                "[name='order_line']:has(.o_data_row:eq(2)):not(:has(.o_data_row:eq(3)))",
        },
        seeTotal("111.11"),
        {
            content: "Products can be taken off",
            trigger: ".o_data_row:contains('Desk') .o_list_record_remove button",
        },
        {
            content: "The discount cannot",
            trigger: `${DISCOUNT_ROW}:not(:has(.o_list_record_remove button))`,
        },
        {
            content: "Nor changed by hand",
            trigger: `${DISCOUNT_ROW} td[name='price_unit']`,
            run: "click",
        },
        {
            trigger: `${DISCOUNT_ROW} td[name='price_unit']:not(:has(input))`,
        },
        ...stepUtils.saveForm(),
        seeTotal("111.11"),
        {
            content: "Load the page anew",
            trigger: ".o_form_saved",
            run: () => window.location.reload(),
            expectUnloadPage: true,
        },
        seeTotal("111.11"),
        {
            content: "It is still an agreed total",
            trigger: "[name='o2c_agreed_total'] input:value('111.11')",
        },
        ...chooseKind("Percentage"),
        typeValue("o2c_order_discount_percent", "10"),
        seeTotal("138.00"),
        ...stepUtils.saveForm(),
        seeTotal("138.00"),
    ],
});

registry.category("web_tour.tours").add("o2c_order_discount_phone", {
    steps: () => [
        {
            content: "Open the order",
            trigger: ".o_kanban_record:contains('Phone Order')",
            run: "click",
        },
        {
            content: "The discount has a card among the lines",
            trigger: "[name='order_line'] .o_kanban_record:contains('Discount')",
        },
        seeTotal("1,000.00"),
        typeValue("o2c_agreed_total", "999.99"),
        seeTotal("999.99"),
        {
            content: "Save the order",
            trigger: ".o_form_button_save:visible",
            run: "click",
        },
        {
            content: "It is saved",
            trigger: ".o_form_saved",
        },
        seeTotal("999.99"),
    ],
});
