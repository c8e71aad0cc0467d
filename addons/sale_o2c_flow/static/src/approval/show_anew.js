import {registry} from "@web/core/registry";

/**
 * Open an action in place of the form at hand, and leave behind what was typed there:
 * it went another way.
 */
function showAnew(env, action) {
    return env.services.action.doAction(action.params.next, {
        forceLeave: true,
        stackPosition: "replaceCurrentAction",
    });
}

registry.category("actions").add("o2c_show_anew", showAnew);
