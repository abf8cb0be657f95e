// SPDX-License-Identifier: Apache-2.0
#include "ui/window/toolbar.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>

#include "app/application.h"
#include "ui/models/model_button.h"
#include "ui/queue/queue_button.h"
#include "ui/theme/painting.h"
#include "ui/theme/segmented_control.h"
#include "ui/theme/theme.h"
#include "ui/window/actions.h"

namespace ui {

Toolbar::Toolbar(app::Application& application, Actions& actions, QWidget* parent) : QWidget(parent), actions_(actions) {
    setObjectName(QStringLiteral("toolbar"));
    setFixedHeight(theme::toolbar_height);
    menu_ = new QMenu(this);
    menu_button_ = new FlatButton("menu", {}, this);
    menu_button_->setObjectName(QStringLiteral("main_menu"));
    menu_button_->setMenu(menu_);
    menu_button_->setPopupMode(QToolButton::InstantPopup);
    model_ = new ModelButton(application, this);
    switch_ = new SegmentedControl(this);
    for (const char* icon : {"image", "layout-grid", "columns-2", "heart"}) switch_->addSegment(icon);
    queue_ = new QueueButton(application, this);
    inspector_ = new FlatButton("panel-right", {}, this);
    inspector_->setCheckable(true);
    settings_ = new FlatButton("settings", {}, this);
    settings_->setObjectName(QStringLiteral("settings_button"));

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme::space_s, 0, theme::space_s, 0);
    row->setSpacing(theme::space_xs);
    row->addWidget(menu_button_);
    row->addSpacing(theme::space_xs);
    row->addWidget(model_);
    row->addStretch(1);
    row->addWidget(queue_);
    row->addWidget(inspector_);
    row->addWidget(settings_);

    connect(switch_, &SegmentedControl::chosen, this, [this](int index) { Q_EMIT viewChosen(static_cast<View>(index)); });
    connect(queue_, &QToolButton::clicked, this, &Toolbar::queueWanted);
    connect(model_, &ModelButton::clicked, this, &Toolbar::modelsWanted);
    QAction& inspector = actions_[Command::inspector];
    connect(inspector_, &QToolButton::clicked, &inspector, &QAction::trigger);
    connect(&inspector, &QAction::toggled, inspector_, &QToolButton::setChecked);
    connect(settings_, &QToolButton::clicked, &actions_[Command::settings], &QAction::trigger);
    retranslate();
}

QWidget* Toolbar::modelButton() const { return model_; }
QWidget* Toolbar::queueButton() const { return queue_; }
QWidget* Toolbar::settingsButton() const { return settings_; }
void Toolbar::setView(View view) { switch_->setCurrent(static_cast<int>(view)); }

void Toolbar::fillMenu() {
    menu_->clear();
    const auto old = menu_->findChildren<QMenu*>(QString(), Qt::FindDirectChildrenOnly);
    for (QMenu* sub : old) delete sub;
    for (const auto group : {CommandGroup::file, CommandGroup::edit, CommandGroup::view, CommandGroup::image, CommandGroup::help}) {
        QMenu* sub = menu_->addMenu(Actions::groupName(group));
        for (const Command command : actions_.inGroup(group)) {
            // A line before each change of subject.
            switch (command) {
            case Command::settings:
            case Command::quit:
            case Command::focus_prompt:
            case Command::move_to_trash:
            case Command::inspector:
            case Command::full_screen:
            case Command::zoom_in:
            case Command::previous:
            case Command::rate_0:
            case Command::use_again: sub->addSeparator(); break;
            default: break;
            }
            sub->addAction(&actions_[command]);
        }
    }
}

void Toolbar::changeEvent(QEvent* event) {
    if (event->type() == QEvent::LanguageChange) retranslate();
    QWidget::changeEvent(event);
}

void Toolbar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const theme::Palette& p = colors(this);
    painter.fillRect(rect(), p.chrome);
    theme::paintHairline(painter, rect(), Qt::BottomEdge, p.hairline);
}

void Toolbar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    centreSwitch();
}

void Toolbar::centreSwitch() {
    // In the middle of the window whatever stands on either side.
    const QSize size = switch_->sizeHint();
    switch_->setGeometry((width() - size.width()) / 2, (height() - size.height()) / 2, size.width(), size.height());
    switch_->raise();
}

void Toolbar::retranslate() {
    menu_button_->setName(tr("Menu"));
    switch_->setSegmentText(0, tr("Studio"), actions_[Command::studio].toolTip());
    switch_->setSegmentText(1, tr("Library"), actions_[Command::library].toolTip());
    switch_->setSegmentText(2, tr("Duel"), actions_[Command::duel].toolTip());
    switch_->setSegmentText(3, tr("Taste"), actions_[Command::taste].toolTip());
    switch_->setAccessibleName(tr("View"));
    inspector_->setName(tr("Inspector"));
    inspector_->setToolTip(actions_[Command::inspector].toolTip());
    settings_->setName(tr("Settings"));
    settings_->setToolTip(actions_[Command::settings].toolTip());
    fillMenu();
    centreSwitch();
}

}  // namespace ui
