import {SaleOrderLineListRenderer} from "@sale/js/sale_order_line_field/sale_order_line_field";
import {patch} from "@web/core/utils/patch";

// The lines of a discount on the whole order follow the other lines: they are changed
// with the order discount beside the total, not by hand.
patch(SaleOrderLineListRenderer.prototype, {
    isCellReadonly(column, record) {
        return (
            super.isCellReadonly(column, record) || record.data.o2c_is_order_discount
        );
    },

    displayDeleteIcon(record) {
        return super.displayDeleteIcon(record) && !record.data.o2c_is_order_discount;
    },
});
