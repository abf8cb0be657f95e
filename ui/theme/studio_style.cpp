// SPDX-License-Identifier: Apache-2.0
#include "ui/theme/studio_style.h"

#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QComboBox>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSlider>
#include <QStyleOption>
#include <QTextEdit>
#include <QToolButton>

#include "ui/theme/painting.h"
#include "ui/theme/theme.h"

namespace ui::theme {

namespace {
constexpr int scroll_bar_extent = 12;
constexpr int slider_handle = 14;
constexpr int check_side = 16;
constexpr int menu_row = 28;
constexpr int menu_icon_column = 28;
constexpr int menu_shortcut_gap = 32;
constexpr int text_frame = 3;  // keeps a viewport's square corners inside the rounded field

bool isTextArea(const QWidget* widget) { return qobject_cast<const QTextEdit*>(widget) || qobject_cast<const QPlainTextEdit*>(widget); }
}  // namespace

StudioStyle::StudioStyle() : QProxyStyle(QStringLiteral("Fusion")) {}

void StudioStyle::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    if (qobject_cast<QAbstractButton*>(widget) || qobject_cast<QComboBox*>(widget) || qobject_cast<QAbstractSpinBox*>(widget) ||
        qobject_cast<QLineEdit*>(widget) || qobject_cast<QScrollBar*>(widget) || qobject_cast<QSlider*>(widget))
        widget->setAttribute(Qt::WA_Hover);
}

int StudioStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
    case PM_SmallIconSize:
    case PM_ButtonIconSize:
    case PM_ListViewIconSize: return icon_small;
    case PM_ToolBarIconSize: return icon_large;
    case PM_ScrollBarExtent: return scroll_bar_extent;
    case PM_ScrollBarSliderMin: return space_xl;
    case PM_SplitterWidth: return 1;
    case PM_DefaultFrameWidth: return isTextArea(widget) ? text_frame : 1;
    case PM_ButtonMargin: return space_l;
    case PM_ButtonShiftHorizontal:
    case PM_ButtonShiftVertical: return 0;
    case PM_LayoutLeftMargin:
    case PM_LayoutRightMargin:
    case PM_LayoutTopMargin:
    case PM_LayoutBottomMargin: return space_m;
    case PM_LayoutHorizontalSpacing:
    case PM_LayoutVerticalSpacing: return space_s;
    case PM_MenuPanelWidth: return 1;
    case PM_MenuHMargin:
    case PM_MenuVMargin: return space_xs;
    case PM_MenuBarPanelWidth: return 0;
    case PM_MenuBarItemSpacing: return 0;
    case PM_MenuBarHMargin: return space_xs;
    case PM_MenuBarVMargin: return 2;
    case PM_IndicatorWidth:
    case PM_IndicatorHeight:
    case PM_ExclusiveIndicatorWidth:
    case PM_ExclusiveIndicatorHeight: return check_side;
    case PM_CheckBoxLabelSpacing:
    case PM_RadioButtonLabelSpacing: return space_s;
    case PM_SliderThickness:
    case PM_SliderControlThickness:
    case PM_SliderLength: return slider_handle;
    case PM_FocusFrameHMargin:
    case PM_FocusFrameVMargin: return focus_width;
    case PM_ToolTipLabelFrameWidth: return space_s - 2;
    case PM_MenuButtonIndicator: return space_m;
    default: return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int StudioStyle::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget, QStyleHintReturn* data) const {
    switch (hint) {
    case SH_EtchDisabledText:
    case SH_UnderlineShortcut:
    case SH_DitherDisabledText: return 0;
    case SH_Menu_SubMenuPopupDelay: return motion_ms;
    case SH_ToolTip_WakeUpDelay: return 500;
    case SH_ScrollBar_Transient: return 0;
    case SH_ScrollBar_LeftClickAbsolutePosition: return 0;
    case SH_Slider_AbsoluteSetButtons: return Qt::LeftButton;
    case SH_ComboBox_Popup: return 0;
    case SH_MessageBox_CenterButtons: return 0;
    case SH_DialogButtonBox_ButtonsHaveIcons: return 0;
    case SH_TitleBar_NoBorder: return 1;
    default: return QProxyStyle::styleHint(hint, option, widget, data);
    }
}

QSize StudioStyle::sizeFromContents(ContentsType type, const QStyleOption* option, const QSize& size, const QWidget* widget) const {
    switch (type) {
    case CT_PushButton: {
        const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
        int width = size.width() + 2 * space_m;
        if (button && !button->icon.isNull() && button->text.isEmpty()) width = control_height;
        return {width, qMax(control_height, size.height() + space_xs)};
    }
    case CT_ToolButton: {
        const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
        const bool has_text = button && button->toolButtonStyle != Qt::ToolButtonIconOnly && !button->text.isEmpty();
        int width = has_text ? size.width() + space_l : qMax(control_height, size.width() + space_s);
        if (button && (button->features & QStyleOptionToolButton::HasMenu) && has_text) width += icon_small;  // its arrow, which nobody counted
        return {width, control_height};
    }
    case CT_LineEdit: return {size.width() + space_s, control_height};
    case CT_SpinBox: return {size.width() + space_s, control_height};
    case CT_ComboBox: return {size.width() + 2 * space_m + icon_small, control_height};
    case CT_ItemViewItem: {
        const QSize item = QProxyStyle::sizeFromContents(type, option, size, widget);
        // The list that drops from a combo box is a menu to its reader.
        return widget && widget->inherits("QComboBoxListView") ? item.expandedTo({0, control_height}) : item;
    }
    case CT_MenuItem: {
        const auto* item = qstyleoption_cast<const QStyleOptionMenuItem*>(option);
        if (item && item->menuItemType == QStyleOptionMenuItem::Separator) return {size.width(), space_s + 1};
        int width = menu_icon_column + size.width() + space_l + space_s;
        if (item && item->text.contains(QLatin1Char('\t'))) width += menu_shortcut_gap;
        if (item && item->menuItemType == QStyleOptionMenuItem::SubMenu) width += icon_small;
        return {width, menu_row};
    }
    case CT_MenuBarItem: return {size.width() + 2 * space_s, control_height};
    default: return QProxyStyle::sizeFromContents(type, option, size, widget);
    }
}

QRect StudioStyle::subControlRect(ComplexControl control, const QStyleOptionComplex* option, SubControl part, const QWidget* widget) const {
    if (control == CC_ScrollBar) {
        // No arrow buttons: the groove is the whole bar.
        const auto* bar = qstyleoption_cast<const QStyleOptionSlider*>(option);
        if (!bar) return {};
        const bool horizontal = bar->orientation == Qt::Horizontal;
        const int length = horizontal ? bar->rect.width() : bar->rect.height();
        const int range = bar->maximum - bar->minimum;
        int handle = length;
        if (range > 0) {
            const auto shown = static_cast<qint64>(bar->pageStep) * length / (static_cast<qint64>(range) + bar->pageStep);
            handle = qBound(qMin(pixelMetric(PM_ScrollBarSliderMin, option, widget), length), static_cast<int>(shown), length);
        }
        const int start = sliderPositionFromValue(bar->minimum, bar->maximum, bar->sliderPosition, length - handle, bar->upsideDown);
        const auto along = [&](int from, int size) {
            return horizontal ? QRect(bar->rect.x() + from, bar->rect.y(), size, bar->rect.height())
                              : QRect(bar->rect.x(), bar->rect.y() + from, bar->rect.width(), size);
        };
        switch (part) {
        case SC_ScrollBarGroove: return bar->rect;
        case SC_ScrollBarSlider: return along(start, handle);
        case SC_ScrollBarSubPage: return along(0, start);
        case SC_ScrollBarAddPage: return along(start + handle, length - start - handle);
        default: return {};
        }
    }
    if (control == CC_ComboBox) {
        const QRect all = option->rect;
        const int arrow = icon_small + space_s;
        switch (part) {
        case SC_ComboBoxFrame: return all;
        case SC_ComboBoxArrow: return visualRect(option->direction, all, QRect(all.right() - arrow + 1, all.top(), arrow, all.height()));
        case SC_ComboBoxEditField: return visualRect(option->direction, all, all.adjusted(space_s, 1, -arrow, -1));
        default: return QProxyStyle::subControlRect(control, option, part, widget);
        }
    }
    if (control == CC_SpinBox) {
        const auto* box = qstyleoption_cast<const QStyleOptionSpinBox*>(option);
        if (box && box->buttonSymbols == QAbstractSpinBox::NoButtons) {
            if (part == SC_SpinBoxEditField) return box->rect.adjusted(space_xs, 1, -space_xs, -1);
            return part == SC_SpinBoxFrame ? box->rect : QRect();
        }
    }
    return QProxyStyle::subControlRect(control, option, part, widget);
}

QIcon StudioStyle::standardIcon(StandardPixmap standard, const QStyleOption* option, const QWidget* widget) const {
    switch (standard) {
    case SP_ArrowBack:
    case SP_FileDialogBack: return icon("arrow-left");
    case SP_ArrowForward: return icon("arrow-right");
    case SP_FileDialogToParent: return icon("arrow-up");
    case SP_FileDialogNewFolder: return icon("plus");
    case SP_FileDialogListView: return icon("layout-grid");
    case SP_FileDialogDetailedView: return icon("list");
    case SP_DirIcon:
    case SP_DirOpenIcon:
    case SP_DirClosedIcon:
    case SP_DirHomeIcon: return icon("folder", IconTone::secondary);
    case SP_FileIcon: return icon("file-image", IconTone::secondary);
    case SP_ComputerIcon: return icon("monitor", IconTone::secondary);
    default: return QProxyStyle::standardIcon(standard, option, widget);
    }
}

QRect StudioStyle::subElementRect(SubElement element, const QStyleOption* option, const QWidget* widget) const {
    if (element == SE_LineEditContents) {
        const bool inside_field = widget && qobject_cast<const QAbstractSpinBox*>(widget->parentWidget());
        return inside_field ? option->rect : option->rect.adjusted(space_s - 2, 1, -(space_s - 2), -1);
    }
    return QProxyStyle::subElementRect(element, option, widget);
}

void StudioStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const Palette& p = colors(option->palette);
    switch (element) {
    case PE_PanelButtonCommand: drawButtonPlate(option, painter, widget); return;
    case PE_PanelButtonTool:
    case PE_IndicatorButtonDropDown: drawToolPlate(option, painter); return;
    case PE_FrameDefaultButton: return;
    case PE_FrameFocusRect:
        if (!(option->state & State_KeyboardFocusChange)) return;
        // Buttons ask for a rectangle inside themselves; the ring belongs on their edge.
        if (qobject_cast<const QAbstractButton*>(widget)) paintFocusRing(*painter, widget->rect(), p.focus, radius);
        else paintFocusRing(*painter, option->rect, p.focus, radius_small);
        return;
    case PE_PanelLineEdit:
        if (widget && (qobject_cast<QAbstractSpinBox*>(widget->parentWidget()) || qobject_cast<QComboBox*>(widget->parentWidget()))) return;
        if (const auto* frame = qstyleoption_cast<const QStyleOptionFrame*>(option); frame && frame->lineWidth > 0)
            drawField(option, painter, widget);
        return;
    case PE_FrameLineEdit: return;
    case PE_Frame:
        if (isTextArea(widget)) {
            drawField(option, painter, widget);
            return;
        }
        paintPlate(*painter, option->rect, {}, p.hairline, 0);
        return;
    case PE_IndicatorCheckBox: drawCheckMark(option, painter, false); return;
    case PE_IndicatorRadioButton: drawCheckMark(option, painter, true); return;
    case PE_PanelMenu: painter->fillRect(option->rect, p.raised); return;
    case PE_FrameMenu: paintPlate(*painter, option->rect, {}, p.is_dark ? p.control_line : p.hairline, 0); return;
    case PE_PanelTipLabel: paintPlate(*painter, option->rect, p.raised, p.is_dark ? p.control_line : p.hairline, 0); return;
    case PE_PanelMenuBar:
    case PE_FrameStatusBarItem:
    case PE_PanelStatusBar:
    case PE_FrameGroupBox: return;
    case PE_IndicatorArrowDown: icon("chevron-down").paint(painter, option->rect); return;
    case PE_IndicatorArrowUp: icon("chevron-up").paint(painter, option->rect); return;
    case PE_IndicatorArrowRight: icon("chevron-right").paint(painter, option->rect); return;
    case PE_IndicatorArrowLeft: icon("chevron-left").paint(painter, option->rect); return;
    default: QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

void StudioStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter, const QWidget* widget) const {
    const Palette& p = colors(option->palette);
    switch (element) {
    case CE_Splitter: painter->fillRect(option->rect, p.hairline); return;
    case CE_MenuItem: drawMenuItem(option, painter, widget); return;
    case CE_MenuEmptyArea: painter->fillRect(option->rect, p.raised); return;
    case CE_MenuBarItem: drawMenuBarItem(option, painter, widget); return;
    case CE_MenuBarEmptyArea: painter->fillRect(option->rect, p.chrome); return;
    case CE_ProgressBar: drawProgressBar(option, painter); return;
    case CE_ToolButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option);
            button && button->toolButtonStyle == Qt::ToolButtonTextBesideIcon && !button->icon.isNull()) {
            QStyleOptionToolButton label(*button);
            if (const auto* opener = qobject_cast<const QToolButton*>(widget); opener && opener->menu()) {
                const QRect arrow(label.rect.right() + 1 - space_xs - icon_small, label.rect.center().y() + 1 - icon_small / 2, icon_small,
                                  icon_small);
                label.rect.setRight(arrow.left() - 1);
                icon("chevron-down").paint(painter, arrow);
            }
            drawIconAndWords(&label, label.icon, label.iconSize, label.text, label.state & State_Enabled ? p.text : p.text_disabled, painter);
            return;
        }
        break;
    case CE_PushButtonLabel:
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option); button && !button->icon.isNull() && !button->text.isEmpty()) {
            drawIconAndWords(button, button->icon, button->iconSize, button->text, button->state & State_Enabled ? p.text : p.text_disabled, painter);
            return;
        }
        if (const auto* button = qstyleoption_cast<const QStyleOptionButton*>(option);
            button && (button->features & QStyleOptionButton::DefaultButton) && (button->state & State_Enabled)) {
            QStyleOptionButton copy(*button);
            copy.palette.setColor(QPalette::ButtonText, p.accent_text);
            QProxyStyle::drawControl(element, &copy, painter, widget);
            return;
        }
        break;
    case CE_ComboBoxLabel:
        if (const auto* box = qstyleoption_cast<const QStyleOptionComboBox*>(option); box && !box->editable) {
            const QRect text = subControlRect(CC_ComboBox, box, SC_ComboBoxEditField, widget);
            drawItemText(painter, text, Qt::AlignVCenter | Qt::AlignLeading, option->palette, option->state & State_Enabled,
                         option->fontMetrics.elidedText(box->currentText, Qt::ElideRight, text.width()), QPalette::ButtonText);
            return;
        }
        break;
    default: break;
    }
    QProxyStyle::drawControl(element, option, painter, widget);
}

void StudioStyle::drawComplexControl(ComplexControl control, const QStyleOptionComplex* option, QPainter* painter, const QWidget* widget) const {
    switch (control) {
    case CC_ScrollBar: drawScrollBar(option, painter, widget); return;
    case CC_Slider: drawSlider(option, painter, widget); return;
    case CC_ComboBox: drawComboBox(option, painter, widget); return;
    case CC_ToolButton:
        // An icon that opens a menu says so by itself, an arrow in its corner is noise; beside words the label draws one.
        if (const auto* button = qstyleoption_cast<const QStyleOptionToolButton*>(option); button &&
            (button->toolButtonStyle == Qt::ToolButtonIconOnly ||
             (button->toolButtonStyle == Qt::ToolButtonTextBesideIcon && !button->icon.isNull())) &&
            (button->features & QStyleOptionToolButton::HasMenu)) {
            QStyleOptionToolButton copy(*button);
            copy.features &= ~(QStyleOptionToolButton::HasMenu | QStyleOptionToolButton::Menu | QStyleOptionToolButton::MenuButtonPopup);
            QProxyStyle::drawComplexControl(control, &copy, painter, widget);
            return;
        }
        break;
    case CC_SpinBox:
        if (const auto* box = qstyleoption_cast<const QStyleOptionSpinBox*>(option); box && box->buttonSymbols == QAbstractSpinBox::NoButtons) {
            drawField(option, painter, widget);
            return;
        }
        break;
    default: break;
    }
    QProxyStyle::drawComplexControl(control, option, painter, widget);
}

}  // namespace ui::theme
