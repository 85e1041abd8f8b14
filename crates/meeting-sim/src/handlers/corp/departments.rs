//! Departments of an enterprise.

use meeting_types::{
    DeptId, ServiceError,
    models::{CreatedId, DepartmentInboundAccess, DepartmentOutboundAccess},
    operations::{AddDepartment, DeleteDepartment, UpdateDepartment},
};

use crate::{
    handlers::admit::CorpAdmin,
    state::{
        State,
        corp::{
            corps::{Corp, Dept},
            people::{DEFAULT_SORT_LEVEL, ROOT_DEPT},
        },
        errors,
    },
};

/// Checks that all departments of a list are there.
fn check_visible(corp: &Corp, visible: Option<&[DeptId]>) -> Result<(), ServiceError> {
    for dept in visible.unwrap_or_default() {
        corp.dept(dept)?;
    }
    Ok(())
}

pub(crate) fn add_department(
    state: &mut State,
    admin: CorpAdmin,
    add: AddDepartment,
) -> Result<CreatedId, ServiceError> {
    let id = add
        .dept_id
        .unwrap_or_else(|| DeptId::new(state.random.hex(14)));
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    let parent = corp.dept_or_root(add.parent_dept_id.as_ref())?;
    if corp.departments.contains_key(&id) {
        return Err(errors::DIRECTORY_PARAMETER.with_message("`deptCode` is taken"));
    }
    corp.check_dept_name(&add.name, Some(&parent), None)?;
    check_visible(corp, add.visible_dept_ids.as_deref())?;
    let dept = Dept {
        id: id.clone(),
        name: add.name,
        parent: Some(parent),
        note: add.note,
        inbound: add
            .inbound_access
            .unwrap_or(DepartmentInboundAccess::Unlimited),
        outbound: add
            .outbound_access
            .unwrap_or(DepartmentOutboundAccess::Unlimited),
        visible: add.visible_dept_ids.unwrap_or_default(),
        sort_level: add.sort_level.unwrap_or(DEFAULT_SORT_LEVEL),
    };
    corp.departments.insert(id.clone(), dept);
    Ok(CreatedId::new(id.as_str()))
}

pub(crate) fn update_department(
    state: &mut State,
    admin: CorpAdmin,
    update: UpdateDepartment,
) -> Result<(), ServiceError> {
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    let mut dept = corp.dept(&update.dept_id)?.clone();
    if let Some(parent) = update.parent_dept_id {
        corp.dept(&parent)?;
        if dept.parent.is_none() || corp.is_within(&parent, &dept.id) {
            let message = "`parentDeptCode` would put the department below itself";
            return Err(errors::DIRECTORY_PARAMETER.with_message(message));
        }
        dept.parent = Some(parent);
    }
    dept.name = update.name.unwrap_or(dept.name);
    corp.check_dept_name(&dept.name, dept.parent.as_ref(), Some(&dept.id))?;
    check_visible(corp, update.visible_dept_ids.as_deref())?;
    dept.note = update.note.or(dept.note);
    dept.inbound = update.inbound_access.unwrap_or(dept.inbound);
    dept.outbound = update.outbound_access.unwrap_or(dept.outbound);
    dept.visible = update.visible_dept_ids.unwrap_or(dept.visible);
    dept.sort_level = update.sort_level.unwrap_or(dept.sort_level);
    corp.departments.insert(dept.id.clone(), dept);
    Ok(())
}

/// A department with somebody or something in it stays: that is an assumption, the reference does not
/// say it.
pub(crate) fn delete_department(
    state: &mut State,
    admin: CorpAdmin,
    delete: DeleteDepartment,
) -> Result<(), ServiceError> {
    if delete.dept_id.as_str() == ROOT_DEPT {
        return Err(errors::TOP_DEPARTMENT.into());
    }
    let mut people = state.directory.people.search(&admin.corp_id, "");
    let peopled = people.any(|user| user.dept_id == delete.dept_id);
    drop(people);
    let corp = state.directory.corp_mut(&admin.corp_id)?;
    corp.dept(&delete.dept_id)?;
    let id = Some(&delete.dept_id);
    let equipped = corp
        .devices
        .values()
        .any(|one| one.device.dept_id.as_ref() == id);
    if peopled || equipped || !corp.children(&delete.dept_id).is_empty() {
        let message = "The department has members, devices or departments in it";
        return Err(errors::DIRECTORY_PARAMETER.with_message(message));
    }
    corp.departments.remove(&delete.dept_id);
    Ok(())
}
