"""Addresses of one order's page and of what is done there."""

from django.urls import path

from tartib.desk.orders import acts, checks, edits, money, papers, point_acts, requests, sms, views

urlpatterns = [
    path("<str:code>/", views.order_page, name="order"),
    path("<str:code>/receipt/", papers.receipt, name="order-receipt"),
    path("<str:code>/receipt.pdf", papers.receipt_pdf, name="order-receipt-pdf"),
    path("<str:code>/papers/pro-forma/", papers.issue_pro_forma, name="order-pro-forma"),
    path("<str:code>/papers/invoice/", papers.issue_invoice, name="order-invoice"),
    path("<str:code>/papers/<int:paper_id>/", papers.paper, name="order-paper"),
    path("<str:code>/papers/<int:paper_id>.pdf", papers.paper_pdf, name="order-paper-pdf"),
    path("<str:code>/process/", acts.process, name="order-process"),
    path("<str:code>/sms-size/", sms.size, name="order-sms-size"),
    path("<str:code>/notes/", acts.note, name="order-note"),
    path("<str:code>/photos/<str:token>/<int:width>", acts.photo, name="order-photo"),
    path("<str:code>/payments/", acts.pay, name="order-pay"),
    path("<str:code>/money-back/", acts.refund_unasked, name="order-give-back"),
    path("<str:code>/payments/<int:payment_id>/confirmation/", acts.confirm, name="order-confirm"),
    path("<str:code>/refunds/", money.refund, name="order-refund"),
    path("<str:code>/received/", money.receive, name="order-received"),
    path("<str:code>/points/", point_acts.decide, name="order-points"),
    path("<str:code>/points/correction/", point_acts.correct, name="order-points-correction"),
    path("<str:code>/messages/<int:message_id>/<str:act>/", acts.message, name="order-message"),
    path("<str:code>/checks/clearance/", checks.clear, name="order-clear"),
    path("<str:code>/identity/", checks.ask, name="order-identity"),
    path("<str:code>/identity/paper/", checks.paper, name="order-identity-paper"),
    path("<str:code>/identity/decision/", checks.decide, name="order-identity-decision"),
    path("<str:code>/requests/<int:request_id>/approval/", requests.approve, name="order-request-approve"),
    path("<str:code>/requests/<int:request_id>/refusal/", requests.decline, name="order-request-decline"),
    path("<str:code>/requests/<int:request_id>/arrival/", requests.arrive, name="order-request-arrive"),
    path("<str:code>/requests/photos/<str:token>/<int:width>", requests.photo, name="order-request-photo"),
    path("<str:code>/people/", edits.people, name="order-people"),
    path("<str:code>/lines/", edits.lines, name="order-lines"),
    path("<str:code>/lines/products/", edits.products, name="order-products"),
    path("<str:code>/removal/", edits.delete, name="order-delete"),
]
