import {_t} from "@web/core/l10n/translation";
import {registry} from "@web/core/registry";
import {useDebounced} from "@web/core/utils/timing";
import {TextField, textField} from "@web/views/fields/text/text_field";

const PAUSE = 400;

/** A text whose onchange runs in the pauses of typing, and right after pasting. */
export class O2cLiveTextField extends TextField {
    static template = "sale_o2c_flow.LiveTextField";

    setup() {
        super.setup();
        this.onInput = useDebounced(() => this.commit(), PAUSE);
    }

    commit() {
        const value = this.textareaRef.el?.value;
        if (
            value !== undefined &&
            value !== (this.props.record.data[this.props.name] || "")
        ) {
            // The text keeps its own listener for changes: it sees nothing new then.
            this.textareaRef.el.dispatchEvent(new Event("change"));
        }
    }
}

registry.category("fields").add("o2c_live_text", {
    ...textField,
    component: O2cLiveTextField,
    displayName: _t("Text Checked while Typing"),
});
