{
    "name": "Order to Cash and Employees",
    "summary": "The salesperson's manager approves; orders by department",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "license": "LGPL-3",
    "author": "sale_o2c_flow contributors",
    "website": "https://github.com/sale-o2c-flow/sale_o2c_flow",
    "development_status": "Beta",
    "auto_install": True,
    "depends": ["sale_o2c_flow", "hr"],
    "data": [
        "views/o2c_approval_flow_views.xml",
        "views/sale_order_views.xml",
    ],
    "pre_init_hook": "pre_init_hook",
}
